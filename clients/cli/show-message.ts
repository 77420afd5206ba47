import type { Record, StreamEventsResponse } from '../typescript/index.js';
import type { Tally } from './tally.js';
import type { TraceOutput } from './trace-output.js';

/** Where the messages of a trace are shown. */
export interface Viewer {
	readonly output: TraceOutput;
	/** Called for each message, before it is shown. */
	readonly onMessage: (message: StreamEventsResponse) => void;
	/** Called for what the stream says beside events. */
	readonly onRecord: (record: Record) => void;
}

/** Shows a message as it came from a node, and waits until it is handed on. It is decoded once. */
export async function showMessage(bytes: Uint8Array, viewer: Viewer, tally: Tally): Promise<void> {
	const message = viewer.output.decode(bytes);
	tally.add(message);
	viewer.onMessage(message);
	for (const record of message.records) viewer.onRecord(record);
	await viewer.output.show(message, bytes.byteLength);
}
