import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Event } from '../gen/sonde/v1/event.js';
import { FileOpen } from '../gen/sonde/v1/probe_file_open.js';
import { StreamEventsResponse } from '../gen/sonde/v1/trace_service.js';
import { cutBatch } from './cut.js';

function batchOf(lengths: readonly number[]) {
	const events = lengths.map((length, i) => ({
		...Event.decode(new Uint8Array()),
		cpu: i,
		payload: {
			$case: 'fileOpen' as const,
			value: { ...FileOpen.decode(new Uint8Array()), path: 'x'.repeat(length) },
		},
	}));
	const message = { ...StreamEventsResponse.decode(new Uint8Array()), events };
	return { bytes: Buffer.from(StreamEventsResponse.encode(message).finish()), eventCount: lengths.length };
}

function cpusOf(bytes: Buffer): number[] {
	return StreamEventsResponse.decode(bytes).events.map(({ cpu }) => cpu);
}

test('cutBatch cuts at both ends, with lengths of one to three bytes', () => {
	const batch = batchOf([1, 200, 4096, 20_000, 5]);
	const middle = cutBatch(batch, 1, 3);
	assert.deepEqual(cpusOf(middle.bytes), [1, 2, 3]);
	assert.equal(middle.eventCount, 3);
	assert.deepEqual(cpusOf(cutBatch(batch, 4, 100).bytes), [4]);
	assert.deepEqual(cpusOf(cutBatch(batch, 0, 2).bytes), [0, 1]);
	assert.equal(cutBatch(batch, 0, 5).bytes, batch.bytes);
});

test('cutBatch does not go on in bytes that are not events', () => {
	assert.throws(() => cutBatch({ bytes: Buffer.from([1, 2, 3]), eventCount: 2 }, 1, 1), /byte 0 of a batch/);
});
