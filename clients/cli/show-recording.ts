import type { Recording } from '../typescript/index.js';
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
	const viewer = {
		output,
		onMessage: () => undefined,
		onRecord: (record: Parameters<typeof recordLine>[0]) => {
			const line = recordLine(record);
			if (line !== undefined) lines.push(line);
		},
	};
	await output.begin(recording.trace);
	try {
		for await (const { bytes } of recording.messages()) {
			if (outputClosed.aborted) break;
			await showMessage(bytes, viewer, tally);
			for (const line of lines.splice(0)) await stderr.write(`${line}\n`);
		}
	} finally {
		await output.end();
	}
	return tally;
}
