import { durationFromNs, nsToMs } from '../duration.js';
import type { Cost } from '../gen/sonde/v1/cost.js';
import type { Record } from '../gen/sonde/v1/record.js';

/** Says at an interval what a trace costs. */
export interface CostRecords {
	/** How long until the next one is due, ms. */
	dueInMs(): number;
	/** The record that is due; undefined: none is. */
	take(): Record | undefined;
}

/** @param intervalNs 0n: never. */
export function createCostRecords(intervalNs: bigint, costNow: () => Cost): CostRecords {
	if (intervalNs === 0n) return { dueInMs: () => Number.POSITIVE_INFINITY, take: () => undefined };
	const intervalMs = nsToMs(intervalNs);
	let lastMs = performance.now();
	let last = costNow();
	return {
		dueInMs: () => Math.max(0, lastMs + intervalMs - performance.now()),
		take() {
			const nowMs = performance.now();
			if (nowMs < lastMs + intervalMs) return undefined;
			const total = costNow();
			const value = {
				interval: durationFromNs(BigInt(Math.round((nowMs - lastMs) * 1e6))),
				runCount: total.runCount - last.runCount,
				runTimeNs: total.runTimeNs - last.runTimeNs,
				nodeCpuNs: total.nodeCpuNs - last.nodeCpuNs,
				total,
			};
			lastMs = nowMs;
			last = total;
			return { kind: { $case: 'cost', value } };
		},
	};
}
