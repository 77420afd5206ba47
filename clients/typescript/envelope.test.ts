import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, equals, fromBinary, toBinary } from '@bufbuild/protobuf';
import { decodeEnvelope } from './envelope.js';
import { StreamEventsResponseSchema } from './gen/sonde/v1/trace_service_pb.js';

const MESSAGE = create(StreamEventsResponseSchema, {
	origin: { nodeId: 'n', bootId: 'b', traceId: 't', epoch: 5n },
	firstSequence: 2n ** 63n,
	eventCount: 300,
	watermarkUnixNano: 1_700_000_000_000_000_000n,
	accounting: { total: { fired: 7n, missed: 0n }, subscription: { sent: 6n } },
	cursor: new Uint8Array([1, 2, 3]),
	records: [{ kind: { case: 'gap', value: { firstSequence: 1n, lastSequence: 4n } } }],
	events: Array.from({ length: 300 }, (_, cpu) => ({
		cpu,
		process: { comm: 'x'.repeat(cpu % 16) },
		payload: { case: 'fileOpen' as const, value: { path: '/'.repeat(cpu) } },
	})),
});

test('decodeEnvelope refuses a message that is cut off', () => {
	const bytes = toBinary(StreamEventsResponseSchema, MESSAGE);
	assert.throws(() => decodeEnvelope(bytes.subarray(0, 5)));
});

test('decodeEnvelope gives everything but the events', () => {
	const envelope = decodeEnvelope(toBinary(StreamEventsResponseSchema, MESSAGE));
	assert.ok(equals(StreamEventsResponseSchema, envelope, { ...MESSAGE, events: [] }));
});

test('decodeEnvelope never looks behind the first event', () => {
	const envelope = { ...MESSAGE, events: [] };
	const bytes = toBinary(StreamEventsResponseSchema, envelope);
	// Tag of field 8, then what no parser would accept.
	const broken = Buffer.concat([bytes, Uint8Array.of((8 << 3) | 2, 0xff, 0xff, 0xff)]);
	assert.throws(() => fromBinary(StreamEventsResponseSchema, broken));
	assert.ok(equals(StreamEventsResponseSchema, decodeEnvelope(broken), envelope));
});

test('decodeEnvelope gives messages without events whole', () => {
	const envelope = { ...MESSAGE, eventCount: 0, events: [] };
	const bytes = toBinary(StreamEventsResponseSchema, envelope);
	assert.ok(equals(StreamEventsResponseSchema, decodeEnvelope(bytes), envelope));
	assert.equal(decodeEnvelope(new Uint8Array()).eventCount, 0);
});
