import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bool } from './ir.js';
import { compareName, nameField, passes, whereName } from './names.js';

const FIELD = nameField(
	{
		name: 'reason',
		type: 'string',
		at: { kind: 'name', offset: 8, of: 'drop_reason', names: [] },
		context: undefined,
	},
	{ kind: 'name', offset: 8, of: 'drop_reason', names: ['', 'NOT_SPECIFIED', 'NO_SOCKET', '', 'NO_ROUTE'] },
);

/** The numbers that a condition asks for. */
function numbersOf(condition: Bool): readonly bigint[] {
	if (condition.op === 'bool') return [];
	assert.ok(condition.op === 'oneOf');
	return condition.values;
}

test('whereName asks for the numbers whose names pass; 0 is an empty name', () => {
	const startsWith = (start: string) =>
		whereName(FIELD, (name) => passes('startsWith', name, Buffer.from(start)));
	assert.deepEqual(numbersOf(startsWith('NO_')), [2n, 4n]);
	assert.deepEqual(numbersOf(startsWith('NO')), [1n, 2n, 4n]);
	assert.deepEqual(numbersOf(startsWith('')), [0n, 1n, 2n, 4n]);
	assert.deepEqual(
		whereName(FIELD, () => false),
		{ op: 'bool', value: false },
	);
});

test('compareName: also what has no name is not a name', () => {
	const named = (name: string) => Buffer.from(name);
	assert.deepEqual(numbersOf(compareName('==', FIELD, named('NO_SOCKET'))), [2n]);
	assert.deepEqual(numbersOf(compareName('==', FIELD, named(''))), [0n]);
	assert.deepEqual(numbersOf(compareName('<', FIELD, named('NO_'))), [0n, 1n]);
	const other = compareName('!=', FIELD, named('NO_SOCKET'));
	assert.ok(other.op === 'not');
	assert.deepEqual(numbersOf(other.arg), [2n]);
});

test('passes tests texts as a filter would', () => {
	const text = Buffer.from('NO_SOCKET');
	const of = (how: Parameters<typeof passes>[0], bytes: string) => passes(how, text, Buffer.from(bytes));
	assert.deepEqual(
		[of('endsWith', 'SOCKET'), of('endsWith', 'XNO_SOCKET'), of('endsWith', '')],
		[true, false, true],
	);
	assert.deepEqual([of('contains', '_SO'), of('contains', 'so')], [true, false]);
	assert.deepEqual([of('equals', 'NO_SOCKET'), of('equals', 'NO_SOCKE')], [true, false]);
});
