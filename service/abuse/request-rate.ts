/** Principals that are remembered. A new one that does not fit pushes the longest silent one out. */
const MAX_PRINCIPALS = 10_000;
/** What may come at once, in seconds of the rate. */
const BURST_SECONDS = 2;

/** Requests that each principal may make. */
export interface RequestRate {
	/** Whether one more request of a principal is within the rate. */
	take(principal: string): boolean;
	readonly perSecond: number;
}

/**
 * A bucket for each principal, full at first.
 *
 * @param perSecond Requests that come back each second.
 * @param nowMs for tests.
 */
export function createRequestRate(perSecond: number, nowMs = () => performance.now()): RequestRate {
	const burst = perSecond * BURST_SECONDS;
	// In order of their last request.
	const buckets = new Map<string, { readonly left: number; readonly atMs: number }>();
	return {
		perSecond,
		take(principal) {
			const atMs = nowMs();
			const before = buckets.get(principal) ?? { left: burst, atMs };
			const left = Math.min(burst, before.left + ((atMs - before.atMs) / 1_000) * perSecond);
			buckets.delete(principal);
			buckets.set(principal, { left: left < 1 ? left : left - 1, atMs });
			const [oldest] = buckets.keys();
			if (buckets.size > MAX_PRINCIPALS && oldest !== undefined) buckets.delete(oldest);
			return left >= 1;
		},
	};
}
