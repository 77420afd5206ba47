import type { Writable } from 'node:stream';
import { CliError } from './cli-error.js';

/** A stream that a command writes to, such as standard output. */
export interface Output {
	/**
	 * Writes text, or bytes, and waits until it is handed on, so that memory stays bounded. Does nothing when nobody reads any
	 * more.
	 *
	 * @throws CliError when it cannot be written, for example because the disk is full.
	 */
	write(text: string | Uint8Array): Promise<void>;
	/** Aborts when the reader has gone, as with `| head`. */
	readonly closed: AbortSignal;
	/** Columns of the terminal; undefined for files and pipes: nothing needs to be cut. */
	readonly columns: number | undefined;
}

/** Makes an output. Errors of the stream are handled from here on. COLUMNS in the environment sets the width. */
export function createOutput(stream: Writable & { readonly columns?: number | undefined }): Output {
	const closed = new AbortController();
	// Errors reach us through the callbacks of write as well, and there they can be awaited.
	stream.on('error', (error) => {
		if (isBrokenPipe(error)) closed.abort();
	});
	return {
		write: (text) =>
			new Promise((resolve, reject) => {
				if (closed.signal.aborted) return resolve();
				stream.write(text, (error) => {
					if (!error) return resolve();
					if (!isBrokenPipe(error)) return reject(new CliError(`cannot write the output: ${error.message}`));
					closed.abort();
					resolve();
				});
			}),
		closed: closed.signal,
		columns: columnsOf(process.env.COLUMNS) ?? stream.columns,
	};
}

function columnsOf(text: string | undefined): number | undefined {
	return text !== undefined && /^[1-9]\d{0,4}$/.test(text) ? Number(text) : undefined;
}

function isBrokenPipe(error: Error): boolean {
	return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}
