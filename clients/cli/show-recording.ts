import {
	type RecordedMessage,
	type Recording,
	RecordingError,
	type StreamEventsResponse,
} from '../typescript/index.js';
import type { Output } from './output.js';
import { recordLine } from './record-line.js';
import { showMessage } from './show-message.js';
import { createTally, type Tally } from './tally.js';
import type { TraceOutput } from './trace-output.js';

/** Where a recording is shown. */
export interface RecordingViewer {
	readonly output: TraceOutput;
	/** For what the stream says beside events. */
	readonly stderr: Output;
	/** Nobody reads the output any more: ends it. */
	readonly outputClosed: AbortSignal;
}

/**
 * Shows all messages of a recording, as if they came from a node.
 *
 * @throws RecordingError where it breaks, after what is whole has been shown to its end.
 */
export async function showRecording(
	recording: Recording,
	{ output, stderr, outputClosed }: RecordingViewer,
): Promise<Tally> {
	const tally = createTally();
	const lines: string[] = [];
	let place: RecordedMessage['place'] | undefined;
	const viewer = {
		// The reader of the recording has decoded all but the events.
		output: {
			...output,
			decode: (message: Uint8Array) => decodeAt(recording.path, place, () => output.decode(message)),
		},
		onMessage: () => undefined,
		onRecord: (record: Parameters<typeof recordLine>[0]) => {
			const line = recordLine(record);
			if (line !== undefined) lines.push(line);
		},
	};
	await output.begin(recording.trace);
	try {
		for await (const { bytes, place: next } of recording.messages()) {
			if (outputClosed.aborted) break;
			place = next;
			await showMessage(bytes, viewer, tally);
			for (const line of lines.splice(0)) await stderr.write(`${line}\n`);
		}
	} finally {
		await output.end();
	}
	return tally;
}

function decodeAt(
	path: string,
	place: RecordedMessage['place'] | undefined,
	decode: () => StreamEventsResponse,
): StreamEventsResponse {
	try {
		return decode();
	} catch (error) {
		if (place === undefined) throw error;
		const why = error instanceof Error ? error.message : String(error);
		throw RecordingError.at(path, { ...place, reason: `events cannot be decoded: ${why}` });
	}
}
