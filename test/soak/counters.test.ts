import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { AccountingSchema } from '../../clients/typescript/index.js';
import { fallenCounters, greatest } from './counters.js';

const accounting = (fired: bigint, encoded: bigint) =>
	create(AccountingSchema, { total: { fired, encoded }, probes: [{ fired, encoded }] });

test('a counter that goes down is named, in the total and in its probe', () => {
	assert.deepEqual(fallenCounters(accounting(5n, 3n), accounting(6n, 2n)), [
		'total.encoded was 3, is 2',
		'probes[0].encoded was 3, is 2',
	]);
	assert.deepEqual(fallenCounters(undefined, accounting(1n, 1n)), []);
	assert.deepEqual(fallenCounters(accounting(5n, 3n), accounting(5n, 3n)), []);
});

test('the greatest of two accountings has the greater of each counter', () => {
	const both = greatest(accounting(5n, 3n), accounting(6n, 2n));
	assert.deepEqual(fallenCounters(both, accounting(6n, 3n)), []);
	assert.deepEqual(fallenCounters(accounting(6n, 3n), both), []);
});
