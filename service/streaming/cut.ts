import { EVENTS_TAG } from '../traces/events-field.js';

/** Some of the events of a batch, not decoded. */
export interface Cut {
	readonly bytes: Buffer;
	readonly eventCount: number;
}

/**
 * Leaves out the first `skip` events of a batch and takes at most `take` of the rest, by their length prefixes.
 *
 * @throws Error when the bytes are not `eventCount` events.
 */
export function cutBatch({ bytes, eventCount }: Cut, skip: number, take: number): Cut {
	if (skip === 0 && take >= eventCount) return { bytes, eventCount };
	const start = offsetAfter(bytes, 0, skip);
	const count = Math.min(take, eventCount - skip);
	const end = skip + count === eventCount ? bytes.length : offsetAfter(bytes, start, count);
	return { bytes: bytes.subarray(start, end), eventCount: count };
}

function offsetAfter(bytes: Buffer, from: number, events: number): number {
	let offset = from;
	for (let i = 0; i < events; i++) {
		if (bytes[offset++] !== EVENTS_TAG)
			throw new Error(`byte ${offset - 1} of a batch is not the tag of an event`);
		let length = 0;
		for (let shift = 0; ; shift += 7) {
			const byte = bytes[offset++] ?? 0;
			length |= (byte & 0x7f) << shift;
			if ((byte & 0x80) === 0) break;
		}
		offset += length;
	}
	return offset;
}
