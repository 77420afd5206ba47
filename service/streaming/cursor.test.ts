import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeCursor, encodeCursor } from './cursor.js';

const TRACE = { traceId: '00112233445566778899aabbccddeeff', epoch: 1_700_000_000_000_000_000n };

test('a cursor gives its sequence back and stays under 64 bytes', () => {
	const cursor = encodeCursor({ ...TRACE, sequence: 2n ** 63n });
	assert.equal(decodeCursor(cursor, TRACE), 2n ** 63n);
	assert.ok(cursor.length <= 64);
});

test('cursors of something else are refused', () => {
	const cursor = encodeCursor({ ...TRACE, sequence: 5n });
	assert.throws(() => decodeCursor(cursor.subarray(1), TRACE), {
		reason: 'INVALID_CURSOR',
		message: 'cursor is not one that a node gave',
	});
	assert.throws(() => decodeCursor(Buffer.alloc(33), TRACE), {
		message: 'cursor is not one that a node gave',
	});
	assert.throws(() => decodeCursor(cursor, { ...TRACE, traceId: 'f'.repeat(32) }), {
		message: 'cursor belongs to another trace',
	});
	assert.throws(() => decodeCursor(cursor, { ...TRACE, epoch: 1n }), {
		message: 'cursor was given before the node started again',
	});
});
