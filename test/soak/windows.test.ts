import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowAt } from './windows.js';

test('after the warm-up there is a window, and one at the end', () => {
	const of = (elapsedS: number) => windowAt(elapsedS, 100, true);
	assert.deepEqual([29, 31, 44, 46, 84, 86, 100].map(of), [
		...[undefined, 'early', 'early', undefined],
		...[undefined, 'late', 'late'],
	]);
	assert.equal(windowAt(181, 1_200, true), 'early');
});

test('who comes too late for the first window has it at the next look', () => {
	assert.equal(windowAt(60, 100, false), 'early');
	assert.equal(windowAt(10, 100, false), undefined);
});
