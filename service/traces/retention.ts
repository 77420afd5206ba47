/** Encoded events in the order of their sequence; shared by all readers, never changed. */
export interface RetainedBatch {
	readonly firstSequence: bigint;
	readonly eventCount: number;
	readonly bytes: Buffer;
	readonly watermarkUnixNano: bigint;
}

/** The latest batches of a trace, up to a number of bytes; older ones are forgotten. */
export interface Retention {
	push(batch: Omit<RetainedBatch, 'firstSequence'>): void;
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
			bytes -= batches[head]?.bytes.length ?? 0;
			head++;
		}
		if (head > 64 && head * 2 > batches.length) {
			batches = batches.slice(head);
			head = 0;
		}
	}

	return {
		push(batch) {
			batches.push({ ...batch, firstSequence: nextSequence });
			nextSequence += BigInt(batch.eventCount);
			bytes += batch.bytes.length;
			evict();
		},
		at(sequence) {
			if (sequence >= nextSequence) return undefined;
			let low = head;
			let high = batches.length - 1;
			while (low < high) {
				const middle = (low + high) >> 1;
				const batch = batches[middle];
				if (batch !== undefined && batch.firstSequence + BigInt(batch.eventCount) <= sequence)
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
			batches = [];
			head = 0;
			bytes = 0;
		},
	};
}
