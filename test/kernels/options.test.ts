import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KERNELS, parseOptions } from './options.js';

const TESTS = ['cli', 'opens', 'traces'];

test('parseOptions names what is wrong, and what would be right', () => {
	const fails = (args: string[], message: string) =>
		assert.throws(() => parseOptions(args, TESTS), { name: 'UsageError', message });
	fails(['--kernel', '4.19'], '--kernel is "4.19", not one of 5.10, 6.1, 6.12, newest');
	fails(['--test', 'closes'], '--test is "closes", not one of cli, opens, traces');
	fails(['--jobs', '0'], '--jobs is "0", not a whole number from 1 to 16');
	assert.throws(() => parseOptions(['--kernels'], TESTS), { name: 'UsageError' });
});

test('parseOptions covers everything unless told otherwise', () => {
	assert.deepEqual(parseOptions([], TESTS), {
		kernels: KERNELS,
		tests: ['opens', 'traces'],
		pattern: undefined,
		jobs: 2,
		record: false,
	});
	const args = ['--kernel', '6.1', '--test', 'opens', '--pattern', "it's one", '--jobs', '1', '--record'];
	assert.deepEqual(parseOptions(args, TESTS), {
		kernels: ['6.1'],
		tests: ['opens'],
		pattern: "it's one",
		jobs: 1,
		record: true,
	});
	assert.equal(parseOptions(['--help'], TESTS), undefined);
});
