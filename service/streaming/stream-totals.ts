/** Upper bounds of the buckets of a latency, seconds. */
export const LATENCY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** What all streams since the start of the node have come to. Sums never go down. */
export interface StreamTotals {
	sentEvents: bigint;
	evictedEvents: bigint;
	sentBytes: bigint;
	sentMessages: number;
	/** From the oldest event of a message to when the message was written; a message without events has none. */
	readonly latency: Latency;
}

/** A histogram. */
export interface Latency {
	/** Messages by bucket; the last is for all above the largest bound. */
	readonly counts: number[];
	sumSeconds: number;
	observe(seconds: number): void;
}

/** Starts at nothing. */
export function createStreamTotals(): StreamTotals {
	const counts: number[] = Array(LATENCY_BUCKETS.length + 1).fill(0);
	const latency: Latency = {
		counts,
		sumSeconds: 0,
		observe(seconds) {
			const found = LATENCY_BUCKETS.findIndex((bound) => seconds <= bound);
			const bucket = found === -1 ? LATENCY_BUCKETS.length : found;
			counts[bucket] = (counts[bucket] ?? 0) + 1;
			latency.sumSeconds += seconds;
		},
	};
	return { sentEvents: 0n, evictedEvents: 0n, sentBytes: 0n, sentMessages: 0, latency };
}
