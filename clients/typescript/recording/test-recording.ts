import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import type { EventSchema } from '../gen/sonde/v1/event_pb.js';
import type { RecordingHeaderSchema } from '../gen/sonde/v1/recording_pb.js';
import { StreamEventsResponseSchema } from '../gen/sonde/v1/trace_service_pb.js';
import { openRecording, type RecordedMessage } from './reader.js';
import { createRecordingWriter } from './writer.js';

/** A header with a trace of file.open and nothing else, for tests. */
export const TEST_HEADER: MessageInitShape<typeof RecordingHeaderSchema> = {
	node: { nodeId: 'n'.repeat(32), kernel: { release: '6.1.0' } },
	trace: { traceId: 'a'.repeat(32), probes: [{ spec: { probe: 'file.open' } }] },
	writer: 'test',
};

/** A directory that goes with the test. */
export function testDirectory(t: Pick<TestContext, 'after'>): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-recording-'));
	t.after(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

/** Encodes a message with these events, the first of which has this sequence. */
export function testMessage(
	firstSequence: number,
	events: MessageInitShape<typeof EventSchema>[],
): Uint8Array<ArrayBuffer> {
	const message = { firstSequence: BigInt(firstSequence), eventCount: events.length, events };
	return toBinary(StreamEventsResponseSchema, create(StreamEventsResponseSchema, message));
}

/** Encodes messages of so many events each. */
export function testMessages(...counts: number[]): Uint8Array<ArrayBuffer>[] {
	let next = 1;
	return counts.map((count) => {
		const events = Array.from({ length: count }, (_, i) => ({ cpu: i }));
		const message = testMessage(next, events);
		next += count;
		return message;
	});
}

/** Writes a recording. */
export async function writeTestRecording(
	path: string,
	messages: readonly Uint8Array[],
	header = TEST_HEADER,
): Promise<void> {
	const writer = await createRecordingWriter(path);
	await writer.begin(header);
	for (const message of messages) await writer.write(message);
	await writer.close();
}

/** All whole messages of a recording, and what was thrown behind them. */
export async function readTestRecording(
	path: string,
): Promise<{ readonly messages: RecordedMessage[]; readonly error: unknown }> {
	const messages: RecordedMessage[] = [];
	try {
		const recording = await openRecording(path);
		try {
			for await (const message of recording.messages()) messages.push(message);
		} finally {
			await recording.close();
		}
	} catch (error) {
		return { messages, error };
	}
	return { messages, error: undefined };
}
