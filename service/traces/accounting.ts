import type { Accounting, StageCounts, SubscriptionCounts } from '../gen/sonde/v1/accounting.js';
import type { NativeSnapshot, ProbeCounts } from '../native.js';
import type { Progress } from './readers.js';

/**
 * The accounting of one snapshot, without a subscription.
 *
 * @param reportsMisses whether the kernel counts what it skipped; otherwise `missed` is absent, which means unknown.
 */
export function accountingOf(snapshot: NativeSnapshot, reportsMisses: boolean): Accounting {
	const probes = snapshot.probes.map((counts) => stagesOf(counts, reportsMisses));
	return { total: sumOf(probes), probes, subscription: undefined };
}

function stagesOf(counts: ProbeCounts, reportsMisses: boolean): StageCounts {
	const { fired, paused, sampledOut, startLost, filterError, rejected, rateLimited, ringFull } = counts;
	const { delivered, encoded, overLimit, misses } = counts;
	const matched = rateLimited + ringFull + delivered;
	return {
		fired,
		paused,
		sampledOut,
		startLost,
		filterError,
		rejected,
		inFlight: fired - paused - sampledOut - startLost - filterError - rejected - matched,
		matched,
		rateLimited,
		ringFull,
		aggregated: 0n,
		delivered,
		inRing: delivered - encoded - overLimit,
		encoded,
		missed: reportsMisses ? misses : undefined,
		overLimit,
	};
}

/** Where the encoded events went for one reader. What the addon has encoded and not handed over yet is pending too. */
export function subscriptionCounts(
	{ start, sent, evicted }: Progress,
	{ total }: Accounting,
): SubscriptionCounts {
	const beforeStart = start - 1n;
	return { beforeStart, sent, evicted, pending: (total?.encoded ?? 0n) - beforeStart - sent - evicted };
}

/** Adds up; what is missed is unknown if one of them does not know it. */
export function sumOf(probes: readonly StageCounts[]): StageCounts {
	const total = (count: (stages: StageCounts) => bigint) =>
		probes.reduce((sum, stages) => sum + count(stages), 0n);
	return {
		fired: total(({ fired }) => fired),
		paused: total(({ paused }) => paused),
		sampledOut: total(({ sampledOut }) => sampledOut),
		startLost: total(({ startLost }) => startLost),
		filterError: total(({ filterError }) => filterError),
		rejected: total(({ rejected }) => rejected),
		inFlight: total(({ inFlight }) => inFlight),
		matched: total(({ matched }) => matched),
		rateLimited: total(({ rateLimited }) => rateLimited),
		ringFull: total(({ ringFull }) => ringFull),
		aggregated: total(({ aggregated }) => aggregated),
		delivered: total(({ delivered }) => delivered),
		inRing: total(({ inRing }) => inRing),
		encoded: total(({ encoded }) => encoded),
		missed: probes.every(({ missed }) => missed !== undefined)
			? total(({ missed = 0n }) => missed)
			: undefined,
		overLimit: total(({ overLimit }) => overLimit),
	};
}
