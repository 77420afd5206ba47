import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggest } from '../suggest.js';
import { caretText, positionOf } from './problem.js';

test('positionOf counts lines and characters from 1', () => {
	assert.deepEqual(positionOf('a == 1', 0), { line: 1, column: 1 });
	assert.deepEqual(positionOf('a &&\n  b', 7), { line: 2, column: 3 });
	assert.deepEqual(positionOf('"😀" == x', 8), { line: 1, column: 8 });
});

test('caretText puts carets under what is wrong, also after tabs and wide texts', () => {
	assert.equal(caretText('ab == 1', { start: 0, end: 2 }), 'ab == 1\n^^');
	assert.equal(caretText('x &&\n\tyy', { start: 6, end: 8 }), '\tyy\n\t^^');
	assert.equal(caretText('', { start: 0, end: 0 }), '\n^');
	const long = `${'a'.repeat(100)}!${'b'.repeat(100)}`;
	assert.equal(
		caretText(long, { start: 100, end: 101 }),
		`…${'a'.repeat(40)}!${'b'.repeat(39)}…\n${' '.repeat(41)}^`,
	);
});

test('suggest finds what was perhaps meant, and nothing else', () => {
	const names = ['process.uid', 'process.gid', 'path', 'ret'];
	assert.equal(suggest('process.uidd', names), 'process.uid');
	assert.equal(suggest('Path', names), 'path');
	assert.equal(suggest('rte', names), undefined);
	assert.equal(suggest('something', names), undefined);
});
