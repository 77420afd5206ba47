import { openRecording } from '../typescript/index.js';
import { createNewFile } from '../typescript/recording/new-file.js';
import { CliError } from './cli-error.js';
import type { ConvertFormat, ConvertOptions } from './convert.js';
import { createEventCsv } from './event-csv.js';
import { createEventJson } from './event-json.js';
import { createOutput, type Output } from './output.js';
import { createPerfettoTrace } from './perfetto/perfetto-trace.js';
import { showRecording } from './show-recording.js';
import type { TraceOutput } from './trace-output.js';

/** `sonde convert`. */
export async function runConvert(file: string, { to, out }: ConvertOptions): Promise<void> {
	const recording = await openRecording(file);
	const stderr = createOutput(process.stderr);
	try {
		await withOutput(out, async (output) => {
			await showRecording(recording, {
				output: createConverter(to, output),
				stderr,
				outputClosed: output.closed,
			});
		});
	} finally {
		await recording.close();
	}
}

function createConverter(format: ConvertFormat, output: Output): TraceOutput {
	switch (format) {
		case 'jsonl':
			return createEventJson(output);
		case 'csv':
			return createEventCsv(output);
		case 'perfetto':
			return createPerfettoTrace(output);
	}
}

/** Calls `use` with a new file, or with standard output. @throws CliError that names the file. */
async function withOutput(path: string | undefined, use: (output: Output) => Promise<void>): Promise<void> {
	if (path === undefined) return use(createOutput(process.stdout));
	const file = await createNewFile(path).catch((cause: unknown) => {
		throw cannotWrite(path, cause);
	});
	try {
		await use(createOutput(file.stream));
	} finally {
		await file.finish().catch((cause: unknown) => {
			throw cannotWrite(path, cause);
		});
	}
}

function cannotWrite(path: string, cause: unknown): CliError {
	return new CliError(`cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
		cause,
	});
}
