import { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs';

/** Holds one file of this process in memory; gone with it. */
export interface ScratchFile {
	readonly path: string;
	/** Makes it hold these bytes. */
	put(bytes: Uint8Array): void;
	close(): void;
}

/** Makes an empty one. */
export function createScratchFile(): ScratchFile {
	const name = `/dev/shm/sonde-fuzz-${process.pid}`;
	const fd = openSync(name, 'w+');
	unlinkSync(name);
	return {
		path: `/proc/self/fd/${fd}`,
		put(bytes) {
			ftruncateSync(fd, 0);
			writeSync(fd, bytes, 0, bytes.length, 0);
		},
		close: () => closeSync(fd),
	};
}
