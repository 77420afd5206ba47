import type { StageCounts } from '../gen/sonde/v1/accounting.js';
import { EndReason } from '../gen/sonde/v1/trace.js';
import { sumOf } from './accounting.js';
import type { Trace } from './trace.js';

/** What all traces since the start of the node have come to. Sums never go down. */
export interface TraceTotals {
	readonly started: number;
	/** Traces that have ended, by why. */
	readonly endedByReason: ReadonlyMap<EndReason, number>;
	readonly events: StageCounts;
	readonly runCount: bigint;
	readonly runTimeNs: bigint;
	readonly readerCpuNs: bigint;
	/** Of running traces. */
	readonly mapBytes: bigint;
	/** Also of ended traces. */
	readonly retainedBytes: number;
}

/** Adds up traces, of which most have been forgotten. */
export interface TotalsKeeper {
	started(): void;
	/** Takes the final counts of a trace. */
	ended(trace: Trace): void;
	/** @param traces all that the node remembers. */
	read(traces: Iterable<Trace>): TraceTotals;
}

interface Sums {
	readonly events: StageCounts;
	readonly runCount: bigint;
	readonly runTimeNs: bigint;
	readonly readerCpuNs: bigint;
}

/** Starts at nothing. */
export function createTotals(): TotalsKeeper {
	let startedCount = 0;
	const endedByReason = new Map<EndReason, number>();
	const counted = new WeakSet<Trace>();
	let past: Sums = { events: sumOf([]), runCount: 0n, runTimeNs: 0n, readerCpuNs: 0n };

	return {
		started() {
			startedCount++;
		},
		ended(trace) {
			const reason = trace.end?.reason ?? EndReason.UNSPECIFIED;
			endedByReason.set(reason, (endedByReason.get(reason) ?? 0) + 1);
			past = add(past, trace);
			counted.add(trace);
		},
		read(traces) {
			let sums = past;
			let mapBytes = 0n;
			let retainedBytes = 0;
			for (const trace of traces) {
				retainedBytes += trace.retainedBytes;
				if (counted.has(trace)) continue;
				sums = add(sums, trace);
				mapBytes += trace.cost().mapBytes;
			}
			return { started: startedCount, endedByReason, ...sums, mapBytes, retainedBytes };
		},
	};
}

function add(sums: Sums, trace: Trace): Sums {
	const { total } = trace.snapshot().accounting;
	const { runCount, runTimeNs, nodeCpuNs } = trace.cost();
	return {
		events: total === undefined ? sums.events : sumOf([sums.events, total]),
		runCount: sums.runCount + runCount,
		runTimeNs: sums.runTimeNs + runTimeNs,
		readerCpuNs: sums.readerCpuNs + nodeCpuNs,
	};
}
