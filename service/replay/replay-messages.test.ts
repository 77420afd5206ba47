import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Event } from '../gen/sonde/v1/event.js';
import { StreamEventsResponse } from '../gen/sonde/v1/trace_service.js';
import type { RecordedMessage, RecordedTrace } from './recorded-trace.js';
import { type ReplayRequest, replayMessages } from './replay-messages.js';

/** A recording from this sequence on, of messages with so many events; the cpu of an event is its sequence. */
function recordingOf(first: number, counts: readonly number[], damage?: string): RecordedTrace {
	let next = first;
	const messages = counts.map((eventCount): RecordedMessage => {
		const firstSequence = BigInt(next);
		const events = Array.from({ length: eventCount }, (_, i) => ({
			...Event.decode(new Uint8Array()),
			cpu: next + i,
		}));
		next += eventCount;
		const empty = StreamEventsResponse.decode(new Uint8Array());
		const cursor = Buffer.from([1]);
		const bytes = StreamEventsResponse.encode({
			...empty,
			firstSequence,
			eventCount,
			events,
			cursor,
		}).finish();
		return { bytes, firstSequence, eventCount };
	});
	return {
		header: new Uint8Array(),
		last: messages.at(-1),
		oldestSequence: BigInt(first),
		damage,
		async *messagesFrom() {
			yield* messages;
		},
	};
}

async function read(
	recorded: RecordedTrace,
	request: Partial<ReplayRequest>,
): Promise<StreamEventsResponse[]> {
	const messages: StreamEventsResponse[] = [];
	for await (const bytes of replayMessages(recorded, { start: 1n, maxEvents: 0n, ...request })) {
		messages.push(StreamEventsResponse.decode(bytes));
	}
	return messages;
}

test('replayMessages fails where the recording breaks, but not before', async () => {
	const recorded = recordingOf(1, [2, 2], 'the recording breaks');
	assert.equal((await read(recorded, { maxEvents: 4n })).length, 2);
	await assert.rejects(read(recorded, {}), { reason: 'RECORDING_DAMAGED', message: 'the recording breaks' });
});

test('replayMessages gives the recorded bytes themselves', async () => {
	const recorded = recordingOf(1, [2, 0, 3]);
	const bytes: Uint8Array[] = [];
	for await (const one of replayMessages(recorded, { start: 1n, maxEvents: 0n })) bytes.push(one);
	const all: Uint8Array[] = [];
	for await (const message of recorded.messagesFrom(1n)) all.push(message.bytes);
	assert.ok(all.length === 3 && all.every((one, i) => one === bytes[i]));
});

test('events that were not recorded are a gap for a reader that wants them', async () => {
	const [first, second] = await read(recordingOf(11, [2, 1]), { start: 5n });
	assert.deepEqual(first?.records, [
		{ kind: { $case: 'gap', value: { firstSequence: 5n, lastSequence: 10n } } },
	]);
	assert.deepEqual(second?.records, []);
});

test('wherever a reader starts and ends, it gets exactly these events', async () => {
	const counts = fc.array(fc.nat(5), { minLength: 1, maxLength: 8 });
	await fc.assert(
		fc.asyncProperty(counts, fc.nat(45), fc.nat(45), async (sizes, skipped, maxEvents) => {
			const total = sizes.reduce((sum, size) => sum + size, 0);
			const start = Math.min(skipped, total) + 1;
			const messages = await read(recordingOf(1, sizes), {
				start: BigInt(start),
				maxEvents: BigInt(maxEvents),
			});
			const all = Array.from({ length: total }, (_, i) => i + 1).slice(start - 1);
			const expected = maxEvents === 0 ? all : all.slice(0, maxEvents);
			assert.deepEqual(
				messages.flatMap(({ events }) => events.map(({ cpu }) => cpu)),
				expected,
			);
			let next = BigInt(start);
			for (const { firstSequence, eventCount, events, cursor } of messages) {
				assert.deepEqual([firstSequence, eventCount, [...cursor]], [next, events.length, [1]]);
				next += BigInt(eventCount);
			}
		}),
	);
});
