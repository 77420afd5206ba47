import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitDescriptorSet } from './descriptor-set.js';

test('splitDescriptorSet fails on bytes that are cut off', () => {
	assert.throws(() => splitDescriptorSet(Uint8Array.of(0x0a, 5, 1)), RangeError);
});

test('splitDescriptorSet gives the bytes of each file as they are', () => {
	// Field 1 with 2 bytes, the unknown field 2 as a varint, field 1 with 1 byte.
	const set = Uint8Array.of(0x0a, 2, 7, 8, 0x10, 1, 0x0a, 1, 9);
	assert.deepEqual(
		splitDescriptorSet(set).map((bytes) => [...bytes]),
		[[7, 8], [9]],
	);
});
