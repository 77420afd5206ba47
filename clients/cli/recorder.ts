import {
	createRecordingWriter,
	type Probe,
	type RecordingWriter,
	type SondeClient,
	type Trace,
} from '../typescript/index.js';
import { readVersion } from './version.js';

/** Keeps the messages of a trace, as they come. Its methods throw a RecordingError when the file cannot be written. */
export interface Recorder {
	/** Before the first message. */
	begin(trace: Trace): Promise<void>;
	/** Waits when the disk is slower than the messages come. */
	write(message: Uint8Array): Promise<void>;
	/** Flushes; a file that was never begun is removed. */
	close(): Promise<void>;
}

/**
 * Makes the file, and asks the node for what goes into its header: before the trace starts, because its events wait
 * only for so long.
 *
 * @throws RecordingError, SondeError.
 */
export async function createRecorder(file: string, client: SondeClient): Promise<Recorder> {
	const writer = await createRecordingWriter(file);
	try {
		return await recorderOf(writer, client);
	} catch (error) {
		await writer.close();
		throw error;
	}
}

async function recorderOf(writer: RecordingWriter, client: SondeClient): Promise<Recorder> {
	const program = `sonde ${readVersion()}`;
	const { node } = await client.getNode();
	const catalog: Probe[] = [];
	for await (const probe of client.listProbes()) catalog.push(probe);
	return {
		begin(trace) {
			const used = new Set(trace.probes.map(({ spec }) => spec?.probe));
			return writer.begin({
				...(node !== undefined && { node }),
				trace,
				probes: catalog.filter(({ id }) => used.has(id)),
				startUnixNano: BigInt(Date.now()) * 1_000_000n,
				writer: program,
			});
		},
		write: writer.write,
		close: writer.close,
	};
}
