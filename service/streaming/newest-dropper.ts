import { createQueue } from '../queue.js';
import type { RetainedBatch } from '../traces/retention.js';
import type { BatchSource } from './batch-source.js';

/** A buffer of one reader: when it is full, what comes is dropped, and what is in it stays. */
export interface NewestDropper extends BatchSource {
	/** Takes what has come; to be called with every batch, before it can be forgotten. */
	fill(): void;
	/** Bytes that wait. */
	readonly bytes: number;
	/** Lets go of all that waits. */
	clear(): void;
}

/**
 * Makes an empty buffer. The bytes in it are shared with the retention and stay when that forgets them.
 *
 * @param start sequence of the first event to take.
 * @param maxBytes may be exceeded by no batch but one that alone is larger.
 */
export function createNewestDropper(source: BatchSource, start: bigint, maxBytes: number): NewestDropper {
	const waiting = createQueue<RetainedBatch>();
	let bytes = 0;
	/** Of the next event to look at. */
	let next = start;

	return {
		fill() {
			for (;;) {
				const batch = source.batchAt(next);
				if (batch === undefined) {
					// An ended trace gives its retention up: then all the rest is lost.
					if (source.oldestSequence > next) next = source.oldestSequence;
					return;
				}
				const { firstSequence, events, mentions } = batch;
				next = firstSequence + BigInt(events.eventCount);
				if (waiting.length > 0 && bytes + events.byteLength > maxBytes) continue;
				waiting.push({ firstSequence, events: events.slice(0, events.eventCount), mentions });
				bytes += events.byteLength;
			}
		},
		batchAt(sequence) {
			for (;;) {
				const first = waiting.at(0);
				if (first === undefined || first.firstSequence + BigInt(first.events.eventCount) > sequence)
					return first;
				waiting.shift();
				bytes -= first.events.byteLength;
				first.events.release();
			}
		},
		get oldestSequence() {
			return waiting.at(0)?.firstSequence ?? next;
		},
		get bytes() {
			return bytes;
		},
		clear() {
			for (const { events } of waiting.clear()) events.release();
			bytes = 0;
		},
	};
}
