import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listMissing, table } from './table.js';

test('table fills rows up to the headings and columns up to their widest cell', () => {
	assert.equal(
		table(['a', 'long'], [['wide'], ['x', 'y']]),
		'| a    | long |\n| ---- | ---- |\n| wide |      |\n| x    | y    |\n',
	);
});

test('listMissing names only what could not be measured', () => {
	const results = [{ name: 'one' }, { name: 'two', unavailable: 'no such tool' }];
	assert.equal(listMissing(results), 'Not available: two: no such tool\n');
});
