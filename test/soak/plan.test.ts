import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planLife } from './plan.js';
import { createRandom } from './random.js';

const plans = (seed: string) =>
	Array.from({ length: 300 }, (_, i) => planLife(createRandom(seed).fork(i), `life ${i}`));

test('a seed repeats its lives', () => {
	assert.deepEqual(plans('7'), plans('7'));
	assert.notDeepEqual(plans('7'), plans('8'));
});

test('all ways to end and to read come up', () => {
	const all = plans('7');
	assert.deepEqual([...new Set(all.map(({ end }) => end))].sort(), ['duration', 'lease', 'limit', 'stop']);
	const readers = all.flatMap((plan) => plan.readers);
	assert.deepEqual([...new Set(readers.map(({ kind }) => kind))].sort(), ['follow', 'process', 'stall']);
	assert.ok(readers.some(({ bufferBytes }) => bufferBytes > 0));
});
