// Recordings: any file is read up to where it breaks, and shown. In the input: a byte that says how, and whether the
// rest is the file, or payloads of it, each behind its length; then they have right frames, which no mutation finds.
import { createEventCsv } from '../../../clients/cli/event-csv.js';
import { createEventJson } from '../../../clients/cli/event-json.js';
import type { Output } from '../../../clients/cli/output.js';
import { createPerfettoTrace } from '../../../clients/cli/perfetto/perfetto-trace.js';
import { surveyRecording } from '../../../clients/cli/recorded-trace.js';
import { showRecording } from '../../../clients/cli/show-recording.js';
import { frameHead, PREAMBLE } from '../../../clients/typescript/recording/format.js';
import { openRecording } from '../../../clients/typescript/recording/reader.js';
import { RecordingError } from '../../../clients/typescript/recording/recording-error.js';
import { createScratchFile } from './file.js';

const OUTPUTS = [createEventCsv, createEventJson, createPerfettoTrace];

const file = createScratchFile();
const nowhere: Output = { write: async () => {}, closed: new AbortController().signal, columns: undefined };

export async function fuzz(data: Buffer): Promise<void> {
	const [kind = 0] = data;
	file.put(kind % 2 === 0 ? data.subarray(1) : framed(data.subarray(1)));
	try {
		const recording = await openRecording(file.path);
		try {
			await surveyRecording(recording);
			const createOutput = OUTPUTS[(kind >> 1) % OUTPUTS.length] ?? createEventCsv;
			await showRecording(recording, {
				output: createOutput(nowhere),
				stderr: nowhere,
				outputClosed: nowhere.closed,
			});
		} finally {
			await recording.close();
		}
	} catch (error) {
		if (!(error instanceof RecordingError)) throw error;
	}
}

function framed(data: Buffer): Buffer {
	const parts: Uint8Array[] = [PREAMBLE];
	for (let at = 0; at + 2 <= data.length; ) {
		const payload = data.subarray(at + 2, at + 2 + data.readUInt16LE(at));
		parts.push(frameHead(payload), payload);
		at += 2 + payload.length;
	}
	return Buffer.concat(parts);
}
