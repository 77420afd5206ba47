import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from './options.js';

test('a soak takes 20 minutes and a seed by chance unless it is told otherwise', () => {
	assert.deepEqual(parseOptions([], 7), { seconds: 1_200, seed: 7 });
	assert.deepEqual(parseOptions(['--minutes', '3', '--seed', '12'], 7), { seconds: 180, seed: 12 });
	assert.deepEqual(parseOptions(['--seconds', '30'], 7), { seconds: 30, seed: 7 });
	assert.equal(parseOptions(['--help'], 7), undefined);
});

test('what is wrong is named', () => {
	for (const [args, message] of [
		[['--minutes', '0'], '--minutes is "0", not a whole number from 1 to 2880'],
		[['--seconds', '1.5'], '--seconds is "1.5", not a whole number from 5 to 172800'],
		[['--seed', 'x'], '--seed is "x", not a whole number from 0 to 4294967295'],
		[['--seconds', '9', '--minutes', '1'], '--minutes and --seconds exclude each other'],
	] as const) {
		assert.throws(() => parseOptions(args, 7), { name: 'UsageError', message });
	}
});
