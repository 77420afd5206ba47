import { type FileHandle, open } from 'node:fs/promises';
import { fromBinary } from '@bufbuild/protobuf';
import { decodeEnvelope } from '../envelope.js';
import { type RecordingHeader, RecordingHeaderSchema } from '../gen/sonde/v1/recording_pb.js';
import type { Trace } from '../gen/sonde/v1/trace_pb.js';
import type { StreamEventsResponse } from '../gen/sonde/v1/trace_service_pb.js';
import { PREAMBLE } from './format.js';
import { type Frame, readFrames } from './frames.js';
import { RecordingError } from './recording-error.js';

/** A message of a recording. */
export interface RecordedMessage {
	/** An encoded StreamEventsResponse, byte for byte as it came from the node. */
	readonly bytes: Uint8Array;
	/** The same, decoded without its events. */
	readonly envelope: StreamEventsResponse;
	/** Where it stands in the file. */
	readonly place: Place;
}

/** A place between two messages of a recording, to go on from. */
export interface Place {
	readonly offset: number;
	/** Before it. */
	readonly messages: number;
	readonly events: bigint;
}

/** A recording that is open. */
export interface Recording {
	/** Of the file. */
	readonly path: string;
	readonly header: RecordingHeader;
	/** Of the header. */
	readonly trace: Trace;
	/** The header as it stands in the file. */
	readonly headerBytes: Uint8Array;
	/**
	 * The messages, from the first one on or from a place that one of them had. Holds one at a time; may be called more than
	 * once, also at the same time.
	 *
	 * @throws RecordingError after the last whole one, when the file breaks there.
	 */
	messages(from?: Place): AsyncGenerator<RecordedMessage, void, undefined>;
	/** Once; iterations fail after it. */
	close(): Promise<void>;
}

/**
 * Opens a recording and reads its header.
 *
 * @throws RecordingError when the file cannot be read, is not a recording, or breaks before the end of its header.
 */
export async function openRecording(path: string): Promise<Recording> {
	const file = await open(path).catch((cause: unknown) => {
		throw new RecordingError(`cannot read the recording ${path}: ${describe(cause)}`, { cause });
	});
	try {
		const { offset, end, payload: headerBytes } = await firstFrame(file, path);
		const start: Place = { offset, messages: 0, events: 0n };
		const header = decodeAt(path, start, () => fromBinary(RecordingHeaderSchema, headerBytes));
		const { trace } = header;
		if (trace === undefined) throw RecordingError.at(path, { ...start, reason: 'its header names no trace' });
		const first: Place = { ...start, offset: end };
		return {
			path,
			header,
			trace,
			headerBytes,
			messages: (from = first) => readMessages(file, path, from),
			close: () => file.close(),
		};
	} catch (error) {
		await file.close();
		throw error;
	}
}

type WholeFrame = Extract<Frame, { kind: 'whole' }>;

async function firstFrame(file: FileHandle, path: string): Promise<WholeFrame> {
	for await (const frame of framesOf(file, path, 0)) return check(frame, path, { messages: 0, events: 0n });
	throw RecordingError.at(path, {
		offset: PREAMBLE.length,
		messages: 0,
		events: 0n,
		reason: 'its header is missing',
	});
}

async function* readMessages(
	file: FileHandle,
	path: string,
	from: Place,
): AsyncGenerator<RecordedMessage, void, undefined> {
	let { messages, events } = from;
	for await (const frame of framesOf(file, path, from.offset)) {
		const { offset, payload: bytes } = check(frame, path, { messages, events });
		const place = { offset, messages, events };
		const envelope = decodeAt(path, place, () => decodeEnvelope(bytes));
		messages++;
		events += BigInt(envelope.eventCount);
		yield { bytes, envelope, place };
	}
}

/** @throws RecordingError when the file system fails. */
async function* framesOf(
	file: FileHandle,
	path: string,
	offset: number,
): AsyncGenerator<Frame, void, undefined> {
	try {
		yield* readFrames(file, offset);
	} catch (cause) {
		throw new RecordingError(`cannot read the recording ${path}: ${describe(cause)}`, { cause });
	}
}

function check(frame: Frame, path: string, before: Omit<Place, 'offset'>): WholeFrame {
	if (frame.kind === 'whole') return frame;
	throw RecordingError.at(path, { ...before, offset: frame.offset, reason: frame.reason });
}

/** A whole frame whose payload is something else was made by another program. */
function decodeAt<Message>(path: string, place: Place, decode: () => Message): Message {
	try {
		return decode();
	} catch (error) {
		throw RecordingError.at(path, { ...place, reason: `a payload cannot be decoded: ${describe(error)}` });
	}
}

function describe(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
