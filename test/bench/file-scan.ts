import { createReadStream } from 'node:fs';

/** What is in a file of lines. */
export interface FileScan {
	readonly bytes: number;
	readonly lines: number;
	/** Times that the text looked for is in it. */
	readonly hits: number;
}

const NEWLINE = 10;

/** Counts lines and a text in a file that may be larger than memory. The text is ASCII, without newline. */
export async function scanFile(path: string, text: string): Promise<FileScan> {
	const needle = Buffer.from(text);
	let bytes = 0;
	let lines = 0;
	let hits = 0;
	let rest = Buffer.alloc(0);
	const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1024 * 1024 });
	for await (const chunk of chunks) {
		bytes += chunk.length;
		lines += countNewlines(chunk);
		// A hit may lie across two chunks: what could be its beginning is looked at again.
		const window = Buffer.concat([rest, chunk]);
		hits += countHits(window, needle);
		rest = window.subarray(-Math.min(needle.length - 1, window.length));
		if (needle.length === 1) rest = Buffer.alloc(0);
	}
	return { bytes, lines, hits };
}

function countHits(bytes: Buffer, needle: Buffer): number {
	let hits = 0;
	for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + needle.length)) hits++;
	return hits;
}

function countNewlines(bytes: Buffer): number {
	let lines = 0;
	for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
	return lines;
}
