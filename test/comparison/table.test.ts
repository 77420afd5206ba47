import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberIn, parseTable, textIn } from './table.js';

test('parseTable: columns by their names, the last one with spaces, no lines that are too short', () => {
	const text =
		'libbpf: something\nPCOMM  PID RET ARGS\nls     12    0 /bin/ls -l  x \nrest\nsh      7   -2 \n';
	const [ls, sh, ...more] = parseTable(text, 'PID');
	assert.ok(ls !== undefined && sh !== undefined && more.length === 0);
	assert.deepEqual([numberIn(ls, 'PID'), textIn(ls, 'ARGS')], [12, '/bin/ls -l  x ']);
	assert.deepEqual([numberIn(sh, 'RET'), textIn(sh, 'ARGS')], [-2, '']);
	assert.ok(Number.isNaN(numberIn(sh, 'NONE')) && Number.isNaN(numberIn(sh, 'ARGS')));
});

test('parseTable: nothing without a header', () => {
	assert.deepEqual(parseTable('a b\nc d\n', 'PID'), []);
});
