import { crc32 } from 'node:zlib';

/** What a recording begins with, up to its version; proto/sonde/v1/recording.proto says why. */
export const MAGIC = Buffer.from('\x89SONDE', 'latin1');

/** Version of the format that is written, and the only one that is read. */
export const VERSION = 1;

/** Behind the version. */
const LINE_FEED = 0x0a;

/** Magic, version and line feed: the first bytes of every recording. */
export const PREAMBLE = Buffer.from([...MAGIC, VERSION, LINE_FEED]);

/** Longest payload of a frame, bytes. A length above it is damage: no node sends such messages. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

/** A length up to the limit is a varint of at most so many bytes. */
export const MAX_LENGTH_BYTES = 4;

export const CHECKSUM_BYTES = 4;

/** Bits of a number in each byte of a varint; the highest one says that more bytes follow. */
const VARINT_BITS = 7;
const VARINT_MORE = 0x80;

/** What stands in front of a payload of at most MAX_PAYLOAD_BYTES: its length and its checksum. */
export function frameHead(payload: Uint8Array): Buffer {
	const bytes: number[] = [];
	let rest = payload.length;
	for (; rest >= VARINT_MORE; rest >>>= VARINT_BITS) bytes.push((rest & (VARINT_MORE - 1)) | VARINT_MORE);
	bytes.push(rest);
	const head = Buffer.alloc(bytes.length + CHECKSUM_BYTES);
	head.set(bytes);
	head.writeUInt32LE(crc32(payload), bytes.length);
	return head;
}

/** The head of a frame, as read. */
export interface FrameHead {
	/** Of the payload, bytes. */
	readonly length: number;
	readonly checksum: number;
	/** Of the head itself, bytes. */
	readonly headBytes: number;
}

/**
 * Reads the head at the beginning of `bytes`.
 *
 * @returns what is wrong with it, in words, when it is no head or not all of it is there.
 */
export function readFrameHead(bytes: Buffer): FrameHead | string {
	let length = 0;
	for (let at = 0; at < MAX_LENGTH_BYTES; at++) {
		const byte = bytes[at];
		if (byte === undefined) return 'the file ends within a frame';
		length += (byte & (VARINT_MORE - 1)) << (at * VARINT_BITS);
		if (byte >= VARINT_MORE) continue;
		const headBytes = at + 1 + CHECKSUM_BYTES;
		if (length === 0 || length > MAX_PAYLOAD_BYTES) return wrongLength(String(length));
		if (bytes.length < headBytes) return 'the file ends within a frame';
		return { length, checksum: bytes.readUInt32LE(at + 1), headBytes };
	}
	return wrongLength('more than 4 bytes of varint');
}

function wrongLength(length: string): string {
	return `the length of a frame is ${length}, must be 1 to ${MAX_PAYLOAD_BYTES}`;
}

/** Whether the payload is what was written. */
export function matchesChecksum(payload: Uint8Array, checksum: number): boolean {
	return crc32(payload) === checksum;
}

/**
 * Looks at the first bytes of a file.
 *
 * @returns why it cannot be read, in words; undefined when it can.
 */
export function refusalOf(start: Buffer): string | undefined {
	if (start.length === 0) return 'it is empty';
	if (start.equals(PREAMBLE)) return undefined;
	const known = start.subarray(0, MAGIC.length);
	if (start.length < PREAMBLE.length && PREAMBLE.subarray(0, start.length).equals(start)) {
		return 'the file ends within its first 8 bytes';
	}
	const version = start[MAGIC.length];
	if (!known.equals(MAGIC) || version === undefined || start[MAGIC.length + 1] !== LINE_FEED) {
		return 'it is not a recording';
	}
	return `it has version ${version} of the format, this program reads version ${VERSION}`;
}
