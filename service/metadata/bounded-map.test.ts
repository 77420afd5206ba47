import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoundedMap } from './bounded-map.js';

test('createBoundedMap forgets what was not used for longest', () => {
	const map = createBoundedMap<string, number>(2);
	map.set('a', 1);
	map.set('b', 2);
	map.get('a');
	map.set('c', 3);
	assert.deepEqual([map.get('a'), map.get('b'), map.get('c')], [1, undefined, 3]);
});

test('createBoundedMap bounds the sum of weights, and keeps the newest in any case', () => {
	const map = createBoundedMap<string, number>(10, (value) => value);
	map.set('a', 4);
	map.set('b', 4);
	map.set('b', 6);
	assert.deepEqual([map.get('a'), map.get('b')], [4, 6]);
	map.set('c', 7);
	assert.deepEqual([map.get('a'), map.get('b'), map.get('c')], [undefined, undefined, 7]);
	map.set('d', 50);
	assert.deepEqual([map.get('c'), map.get('d')], [undefined, 50]);
	map.clear();
	map.set('e', 10);
	map.set('f', 0);
	assert.deepEqual([map.get('e'), map.get('f')], [10, 0]);
});
