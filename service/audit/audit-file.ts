import {
	closeSync,
	constants,
	fchmodSync,
	fdatasyncSync,
	fstatSync,
	ftruncateSync,
	openSync,
	readSync,
	renameSync,
	statfsSync,
	writeSync,
} from 'node:fs';
import type { Logger } from 'pino';
import type { AuditTarget } from './audit-settings.js';
import type { LineWriter } from './line-writer.js';

type FileTarget = Extract<AuditTarget, { readonly kind: 'file' }>;

// Not through a link: who can make one would choose what the node writes to. Readable for the last byte.
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
const MODE = 0o600;
/** After a failed attempt to put the file aside, lines go to the present one for so long, ms. */
const ROTATE_AGAIN_MS = 10_000;
/** Room that a file system must have again after it was full, bytes: less is gone with the next long line. */
const ROOM_BYTES = 128 * 1024;
const NEWLINE = 0x0a;

/**
 * Lines in a file that is put aside when it is full. Synchronous, unlike pino-roll and rotating-file-stream: these buffer, and
 * say that a line could not be written when its call has long been answered.
 *
 * @throws Error when the file cannot be opened.
 */
export function createAuditFile({ file, maxBytes, keep, sync }: FileTarget, log: Logger): LineWriter {
	let descriptor = openFile(file);
	let isTorn = endsTorn(descriptor);
	let rotateAfterMs = Number.NEGATIVE_INFINITY;

	function use(next: number): void {
		closeSync(descriptor);
		descriptor = next;
		isTorn = endsTorn(next);
	}

	/** Puts the file aside as FILE.1, FILE.1 as FILE.2 and so on. */
	function rotate(): void {
		if (performance.now() < rotateAfterMs) return;
		try {
			// First, so that nothing is moved when there is no room or no permission for a new one.
			const next = openFile(`${file}.new`);
			for (let number = keep - 1; number >= 1; number--) {
				renameIfThere(`${file}.${number}`, `${file}.${number + 1}`);
			}
			renameIfThere(file, `${file}.1`);
			renameSync(`${file}.new`, file);
			use(next);
		} catch (error) {
			rotateAfterMs = performance.now() + ROTATE_AGAIN_MS;
			log.error({ file, cause: String(error) }, 'the audit file cannot be put aside and grows on');
		}
	}

	function append(bytes: Buffer): void {
		let written = 0;
		try {
			while (written < bytes.length) written += writeSync(descriptor, bytes, written);
			if (sync) fdatasyncSync(descriptor);
			isTorn = false;
		} catch (error) {
			// What there was room for; and what may not be on the disk, since its call will be refused.
			if (written > 0) removeEnd(written);
			throw error;
		}
	}

	function removeEnd(bytes: number): void {
		try {
			ftruncateSync(descriptor, fstatSync(descriptor).size - bytes);
		} catch {
			isTorn = true;
		}
	}

	return {
		write(line) {
			// Each time: it may have been cut or deleted by others.
			const { nlink, size } = fstatSync(descriptor);
			if (nlink === 0) {
				use(openFile(file));
				log.error({ file }, 'the audit file was deleted; a new one is there');
			} else if (size > 0 && size + Buffer.byteLength(line) > maxBytes) rotate();
			append(Buffer.from(isTorn ? `\n${line}` : line));
		},
		requireRoom() {
			const { blocks, bavail, bsize } = statfsSync(`/proc/self/fd/${descriptor}`);
			// Those without a limit have no blocks.
			if (blocks > 0 && bavail * bsize < ROOM_BYTES) {
				throw new Error(`the file system has ${bavail * bsize} bytes left, must be ${ROOM_BYTES} to go on`);
			}
		},
		reopen: () => use(openFile(file)),
		close: () => closeSync(descriptor),
	};
}

function openFile(file: string): number {
	const descriptor = openSync(file, FLAGS, MODE);
	// Of one that was there before, or with a strange umask.
	fchmodSync(descriptor, MODE);
	return descriptor;
}

/** Whether the last line has no end: the host crashed in the middle of it. */
function endsTorn(descriptor: number): boolean {
	const { size } = fstatSync(descriptor);
	const last = Buffer.alloc(1);
	return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
}

function renameIfThere(from: string, to: string): void {
	try {
		renameSync(from, to);
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
	}
}
