import type { Mention } from '../metadata/mention.js';
import type { EventBatch } from '../native.js';
import { createQueue } from '../queue.js';

/** Encoded events and their place; shared by all readers, who take slices: the batch is released when it is forgotten. */
export interface RetainedBatch {
	readonly firstSequence: bigint;
	readonly events: EventBatch;
	/** Whom its events are about; empty if nobody wants to know. */
	readonly mentions: readonly Mention[];
}

/** How much is kept. */
export interface RetentionBounds {
	readonly maxBytes: number;
	readonly maxAgeMs: number;
}

/** The latest batches of a trace, up to a number of bytes and an age; older ones are forgotten. */
export interface Retention {
	/** Takes the batch over. Times are monotonic, ms. */
	push(events: EventBatch, mentions: readonly Mention[], nowMs: number): void;
	/** The batch that holds this event, or the oldest one behind it; undefined when it has not come yet. */
	at(sequence: bigint): RetainedBatch | undefined;
	/** Bytes of the batches from the one that holds this event on. */
	bytesFrom(sequence: bigint): number;
	/** Sequence of the oldest event retained; of the next one to come when there is none. */
	readonly oldestSequence: bigint;
	/** Sequence of the next event to come. */
	readonly nextSequence: bigint;
	readonly bytes: number;
	/** May change at any time. */
	bounds: RetentionBounds;
	/**
	 * Events from here on are kept whatever the bounds say, and the bytes before are bounded without them: what has been
	 * sent may be lost on its way. undefined: none.
	 */
	pinnedFrom: bigint | undefined;
	/** Forgets what is too old or too much by now. */
	evict(nowMs: number): void;
	/** Forgets everything; sequences go on. */
	clear(): void;
}

interface AgingBatch extends RetainedBatch {
	readonly pushedMs: number;
	/** Bytes of all batches before it since the trace started. */
	readonly bytesBefore: number;
}

/** Makes a buffer. One batch is always kept, however large, until it is too old. */
export function createRetention(initialBounds: RetentionBounds): Retention {
	const batches = createQueue<AgingBatch>();
	let bytes = 0;
	let allBytes = 0;
	let nextSequence = 1n;

	function mayGo({ firstSequence, events, pushedMs }: AgingBatch, nowMs: number): boolean {
		const { pinnedFrom, bounds } = retention;
		if (pinnedFrom !== undefined && firstSequence + BigInt(events.eventCount) > pinnedFrom) return false;
		if (nowMs - pushedMs > bounds.maxAgeMs) return true;
		const pinnedBytes = pinnedFrom === undefined ? 0 : retention.bytesFrom(pinnedFrom);
		return bytes - pinnedBytes > bounds.maxBytes && batches.length > 1;
	}

	function find(sequence: bigint): AgingBatch | undefined {
		if (sequence >= nextSequence) return undefined;
		let low = 0;
		let high = batches.length - 1;
		while (low < high) {
			const middle = (low + high) >> 1;
			const batch = batches.at(middle);
			if (batch !== undefined && batch.firstSequence + BigInt(batch.events.eventCount) <= sequence)
				low = middle + 1;
			else high = middle;
		}
		return batches.at(low);
	}

	const retention: Retention = {
		bounds: initialBounds,
		pinnedFrom: undefined,
		push(events, mentions, nowMs) {
			const firstSequence = nextSequence;
			batches.push({ firstSequence, events, mentions, pushedMs: nowMs, bytesBefore: allBytes });
			nextSequence += BigInt(events.eventCount);
			bytes += events.byteLength;
			allBytes += events.byteLength;
			retention.evict(nowMs);
		},
		at: find,
		bytesFrom(sequence) {
			const batch = find(sequence);
			return batch === undefined ? 0 : allBytes - batch.bytesBefore;
		},
		get oldestSequence() {
			return batches.at(0)?.firstSequence ?? nextSequence;
		},
		get nextSequence() {
			return nextSequence;
		},
		get bytes() {
			return bytes;
		},
		evict(nowMs) {
			for (;;) {
				const oldest = batches.at(0);
				if (oldest === undefined || !mayGo(oldest, nowMs)) break;
				bytes -= oldest.events.byteLength;
				oldest.events.release();
				batches.shift();
			}
		},
		clear() {
			for (const { events } of batches.clear()) events.release();
			bytes = 0;
		},
	};
	return retention;
}
