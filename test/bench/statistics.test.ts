import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile, spreadOf } from './statistics.js';

test('percentile refuses no values', () => {
	assert.throws(() => percentile([], 50), { name: 'RangeError', message: 'statistics of no values' });
});

test('median and percentile do not depend on the order', () => {
	assert.equal(median([3, 1, 2]), 2);
	assert.equal(median([4, 1, 3, 2]), 2.5);
	assert.equal(percentile([10, 0], 99), 9.9);
	const hundred = Array.from({ length: 101 }, (_, index) => 100 - index);
	assert.deepEqual(spreadOf(hundred), { count: 101, p50: 50, p99: 99, max: 100 });
});
