import type { RetainedBatch } from '../traces/retention.js';

/** Where a subscription takes its batches from: the retention of its trace, or a buffer of its own. */
export interface BatchSource {
	/** The batch that holds this event, or the oldest one behind it; undefined when there is none now. */
	batchAt(sequence: bigint): RetainedBatch | undefined;
	/** Sequence of the oldest event that can still come from here. */
	readonly oldestSequence: bigint;
}
