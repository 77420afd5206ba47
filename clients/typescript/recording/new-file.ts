import type { WriteStream } from 'node:fs';
import { open, unlink } from 'node:fs/promises';
import { finished } from 'node:stream/promises';

/** What is recorded or converted is for its owner only: paths, names and arguments of other people's processes. */
const MODE = 0o600;

/** Waits in memory for the disk, bytes, before writing waits too. */
const HIGH_WATER_MARK_BYTES = 4 * 1024 * 1024;

/** A file that is being written. */
export interface NewFile {
	readonly stream: WriteStream;
	/** Writes what waits, to the disk itself, and closes. @throws Error of the file system. */
	finish(): Promise<void>;
	/** Closes the file and removes it. */
	discard(): Promise<void>;
}

/**
 * Makes a file that was not there, readable by its owner only.
 *
 * @throws Error of the file system, with code EEXIST when there is one already.
 */
export async function createNewFile(path: string): Promise<NewFile> {
	const handle = await open(path, 'wx', MODE);
	const stream = handle.createWriteStream({ highWaterMark: HIGH_WATER_MARK_BYTES, flush: true });
	const finish = () => finished(stream.end());
	return {
		stream,
		finish,
		async discard() {
			await finish().catch(() => undefined);
			await unlink(path);
		},
	};
}
