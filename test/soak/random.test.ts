import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from './random.js';

const draw = (random: Random) => Array.from({ length: 100 }, () => random.int(1, 1_000_000));

test('a seed repeats its numbers, another one has others', () => {
	assert.deepEqual(draw(createRandom('7')), draw(createRandom('7')));
	assert.notDeepEqual(draw(createRandom('7')), draw(createRandom('8')));
});

test('how much is drawn of one does not change what is forked from it', () => {
	const one = createRandom('7');
	const other = createRandom('7');
	draw(other);
	assert.deepEqual(draw(one.fork('a')), draw(other.fork('a')));
	assert.notDeepEqual(draw(one.fork('a')), draw(one.fork('b')));
});

test('numbers stay within their bounds and reach them', () => {
	const random = createRandom('7');
	const small = new Set(Array.from({ length: 200 }, () => random.int(3, 5)));
	assert.deepEqual([...small].sort(), [3, 4, 5]);
	const scaled = Array.from({ length: 2_000 }, () => random.scale(10, 100_000));
	assert.ok(scaled.every((value) => value >= 10 && value <= 100_000));
	// Each of the four orders of magnitude has its quarter.
	const low = scaled.filter((value) => value < 100).length;
	assert.ok(low > 400 && low < 600, `${low}`);
});
