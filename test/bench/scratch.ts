import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY_DIRECTORY = '/dev/shm';
/** What the readers of a row write at most: some 20 s at 400,000 lines of 500 bytes a second. */
const ROOM_BYTES = 4 * 1024 ** 3;

/** Makes a directory for the files of readers: in memory where there is room, because a disk would be measured too. */
export function makeScratchDirectory(): string {
	return mkdtempSync(join(hasRoom(MEMORY_DIRECTORY) ? MEMORY_DIRECTORY : tmpdir(), 'sonde-bench-'));
}

function hasRoom(directory: string): boolean {
	try {
		const { bavail, bsize } = statfsSync(directory);
		return bavail * bsize >= ROOM_BYTES;
	} catch {
		return false;
	}
}
