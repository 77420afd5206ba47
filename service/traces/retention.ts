import type { EventBatch } from '../native.js';

/** Encoded events and their place; shared by all readers, who take slices: the batch is released when it is forgotten. */
export interface RetainedBatch {
	readonly firstSequence: bigint;
	readonly events: EventBatch;
}

/** The latest batches of a trace, up to a number of bytes; older ones are forgotten. */
export interface Retention {
	/** Takes the batch over. */
	push(events: EventBatch): void;
	/** The batch that holds this event, or the oldest one behind it; undefined when it has not come yet. */
	at(sequence: bigint): RetainedBatch | undefined;
	/** Sequence of the oldest event retained; of the next one to come when there is none. */
	readonly oldestSequence: bigint;
	/** Sequence of the next event to come. */
	readonly nextSequence: bigint;
	readonly bytes: number;
	/** Forgets everything; sequences go on. */
	clear(): void;
}

/** Makes a buffer. One batch is always kept, however large. */
export function createRetention(maxBytes: number): Retention {
	// A queue whose head moves: shift() of a long array copies it.
	let batches: RetainedBatch[] = [];
	let head = 0;
	let bytes = 0;
	let nextSequence = 1n;

	function evict(): void {
		while (bytes > maxBytes && batches.length - head > 1) {
			const oldest = batches[head]?.events;
			bytes -= oldest?.byteLength ?? 0;
			oldest?.release();
			head++;
		}
		if (head > 64 && head * 2 > batches.length) {
			batches = batches.slice(head);
			head = 0;
		}
	}

	return {
		push(events) {
			batches.push({ firstSequence: nextSequence, events });
			nextSequence += BigInt(events.eventCount);
			bytes += events.byteLength;
			evict();
		},
		at(sequence) {
			if (sequence >= nextSequence) return undefined;
			let low = head;
			let high = batches.length - 1;
			while (low < high) {
				const middle = (low + high) >> 1;
				const batch = batches[middle];
				if (batch !== undefined && batch.firstSequence + BigInt(batch.events.eventCount) <= sequence)
					low = middle + 1;
				else high = middle;
			}
			return batches[low];
		},
		get oldestSequence() {
			return batches[head]?.firstSequence ?? nextSequence;
		},
		get nextSequence() {
			return nextSequence;
		},
		get bytes() {
			return bytes;
		},
		clear() {
			for (const { events } of batches.slice(head)) events.release();
			batches = [];
			head = 0;
			bytes = 0;
		},
	};
}
