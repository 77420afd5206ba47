import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '../identity.js';
import { createTokenCache } from './token-cache.js';

function identity(name: string, validForMs = 3_600_000): Identity {
	return { name, kind: 'token', validUntil: new Date(Date.now() + validForMs), claims: {} };
}

const FOREVER = Number.POSITIVE_INFINITY;

test('what was cleared while it was verified is not remembered', () => {
	const cache = createTokenCache(2);
	const { generation } = cache;
	cache.clear();
	cache.set('a', identity('a'), FOREVER, generation);
	assert.equal(cache.get('a'), undefined);
	cache.set('a', identity('a'), FOREVER, cache.generation);
	assert.equal(cache.get('a')?.name, 'a');
});

test('what has ended, or whose keys are old, is not remembered', () => {
	const cache = createTokenCache(2);
	cache.set('ended', identity('a', 0), FOREVER, 0);
	cache.set('old', identity('a'), performance.now(), 0);
	assert.deepEqual([cache.get('ended'), cache.get('old')], [undefined, undefined]);
});

test('what was not asked for the longest time makes room', () => {
	const cache = createTokenCache(2);
	cache.set('a', identity('a'), FOREVER, 0);
	cache.set('b', identity('b'), FOREVER, 0);
	cache.get('a');
	cache.set('c', identity('c'), FOREVER, 0);
	assert.deepEqual([cache.get('a')?.name, cache.get('b'), cache.get('c')?.name], ['a', undefined, 'c']);
});
