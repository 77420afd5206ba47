import type { FileHandle } from 'node:fs/promises';
import {
	CHECKSUM_BYTES,
	MAX_LENGTH_BYTES,
	matchesChecksum,
	PREAMBLE,
	readFrameHead,
	refusalOf,
} from './format.js';

/** Read at once, bytes: a few messages of a busy trace. */
const READ_BYTES = 1024 * 1024;

/** A whole frame, or the place where there is none any more although the file goes on. */
export type Frame =
	| {
			readonly kind: 'whole';
			/** Of the head, in the file. */
			readonly offset: number;
			/** Behind the payload. */
			readonly end: number;
			/** Its own memory: it may be kept. */
			readonly payload: Uint8Array;
	  }
	| { readonly kind: 'broken'; readonly offset: number; readonly reason: string };

/**
 * Reads the frames of a recording one after the other, from `offset`, which is 0 or the `end` of a frame. Holds one
 * frame and one read of 1 MiB at a time. A broken frame is the last.
 */
export async function* readFrames(file: FileHandle, offset = 0): AsyncGenerator<Frame, void, undefined> {
	const window = createWindow(file, offset);
	let at = offset;
	if (at === 0) {
		const reason = refusalOf(await window.take(PREAMBLE.length));
		if (reason !== undefined) return yield { kind: 'broken', offset: 0, reason };
		at = PREAMBLE.length;
	}
	for (;;) {
		const start = await window.peek(MAX_LENGTH_BYTES + CHECKSUM_BYTES);
		if (start.length === 0) return;
		const head = readFrameHead(start);
		if (typeof head === 'string') return yield { kind: 'broken', offset: at, reason: head };
		await window.take(head.headBytes);
		const payload = await window.take(head.length);
		if (payload.length < head.length) {
			return yield { kind: 'broken', offset: at, reason: 'the file ends within a frame' };
		}
		if (!matchesChecksum(payload, head.checksum)) {
			return yield { kind: 'broken', offset: at, reason: 'the checksum of a frame is wrong' };
		}
		const end = at + head.headBytes + head.length;
		yield { kind: 'whole', offset: at, end, payload };
		at = end;
	}
}

/** What comes next in a file. */
interface Window {
	/** The next bytes, which stay the next; fewer at the end of the file. Valid until the next call. */
	peek(length: number): Promise<Buffer>;
	/** A copy of the next bytes; fewer at the end of the file. */
	take(length: number): Promise<Buffer>;
}

function createWindow(file: FileHandle, offset: number): Window {
	const memory = Buffer.allocUnsafe(READ_BYTES);
	let ahead = memory.subarray(0, 0);
	let next = offset;

	async function fill(): Promise<boolean> {
		const kept = ahead.copy(memory);
		const { bytesRead } = await file.read(memory, kept, memory.length - kept, next);
		next += bytesRead;
		ahead = memory.subarray(0, kept + bytesRead);
		return bytesRead > 0;
	}

	return {
		async peek(length) {
			while (ahead.length < length && (await fill()));
			return ahead.subarray(0, length);
		},
		async take(length) {
			// Taken in pieces: what a damaged length asks for and the file does not have needs no memory.
			const pieces: Buffer[] = [];
			let missing = length;
			while (missing > 0 && (ahead.length > 0 || (await fill()))) {
				const piece = Buffer.from(ahead.subarray(0, missing));
				ahead = ahead.subarray(piece.length);
				missing -= piece.length;
				pieces.push(piece);
			}
			return Buffer.concat(pieces);
		},
	};
}
