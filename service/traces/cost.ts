import { durationFromNs } from '../duration.js';
import type { Cost, ProbeCost } from '../gen/sonde/v1/cost.js';
import type { NativeSnapshot, NativeTrace, ProbeCounts, ProgramInfo } from '../native.js';

/** What a trace costs is remembered for about so long, ns, for the share of the present. */
const WINDOW_NS = 1e9;

/** Use of CPU by one look, for the budget. */
export interface Use {
	readonly elapsedNs: number;
	/** In the programs of each probe. */
	readonly usedNs: readonly number[];
}

/** Sums up what a trace costs, from its snapshots. */
export interface CostMeter {
	/** Takes a look, at a monotonic time in ns; gives what was used since the one before. */
	look(nowNs: number, snapshot: NativeSnapshot): Use;
	/** All since the start. Sums never go down. */
	costOf(snapshot: NativeSnapshot, facts: CostFacts): Cost;
}

/** What a snapshot does not hold. */
export interface CostFacts {
	readonly elapsedNs: bigint;
	readonly hasEnded: boolean;
	readonly memory: ReturnType<NativeTrace['memory']>;
	readonly programs: readonly (readonly ProgramInfo[])[];
	readonly retainedBytes: number;
	readonly budget: { readonly oneIn: readonly number[]; readonly steps: bigint };
}

interface Look {
	readonly nowNs: number;
	readonly usedNs: number;
}

/** Makes a meter for a trace that starts at a monotonic time, ns. */
export function createCostMeter(startNs: number, probeCount: number): CostMeter {
	let lastNs = startNs;
	let last: readonly ProbeCounts[] = [];
	let looks: Look[] = [{ nowNs: startNs, usedNs: 0 }];
	// Averages of a sample wander: the greatest estimate so far is what is told.
	const runTimesNs: bigint[] = Array(probeCount).fill(0n);

	function probeCost(counts: ProbeCounts, index: number, facts: CostFacts): ProbeCost {
		const runTimeNs = bigMax(runTimesNs[index] ?? 0n, runTimeOf(counts));
		runTimesNs[index] = runTimeNs;
		const programs = facts.programs[index] ?? [];
		return {
			runCount: counts.fired,
			runTimeNs,
			timedRuns: counts.timedRuns,
			averageNs: counts.timedRuns === 0n ? 0n : counts.timedNs / counts.timedRuns,
			mapBytes: facts.memory.probes[index] ?? 0n,
			budgetOneIn: facts.budget.oneIn[index] ?? 1,
			// A body runs as part of its entry, by a tail call: the kernel counts it there.
			kernelRunCount: programs.reduce((sum, { runCount }) => sum + runCount, 0n),
			kernelRunTimeNs: programs.reduce((sum, { runTimeNs: ns }) => sum + ns, 0n),
		};
	}

	function presentSharePpm(): number {
		const [first] = looks;
		const latest = looks.at(-1);
		if (first === undefined || latest === undefined || latest.nowNs === first.nowNs) return 0;
		return Math.round(((latest.usedNs - first.usedNs) / (latest.nowNs - first.nowNs)) * 1e6);
	}

	return {
		look(nowNs, { probes }) {
			const usedNs = probes.map((counts, i) => usedBetween(last[i], counts));
			const elapsedNs = nowNs - lastNs;
			lastNs = nowNs;
			last = probes;
			const before = looks.at(-1)?.usedNs ?? 0;
			looks.push({ nowNs, usedNs: usedNs.reduce((sum, ns) => sum + ns, before) });
			const oldest = looks.findLastIndex((look) => nowNs - look.nowNs >= WINDOW_NS);
			if (oldest > 0) looks = looks.slice(oldest);
			return { elapsedNs, usedNs };
		},
		costOf({ probes, readerCpuNs }, facts) {
			const costs = probes.map((counts, i) => probeCost(counts, i, facts));
			const total = (field: 'runCount' | 'runTimeNs' | 'mapBytes') =>
				costs.reduce((sum, cost) => sum + cost[field], 0n);
			const runCount = total('runCount');
			const runTimeNs = total('runTimeNs');
			const { elapsedNs } = facts;
			const lifeSharePpm = elapsedNs === 0n ? 0 : Number((runTimeNs * 1_000_000n) / elapsedNs);
			return {
				elapsed: durationFromNs(elapsedNs),
				runCount,
				runTimeNs,
				averageNs: runCount === 0n ? 0n : runTimeNs / runCount,
				coreSharePpm: facts.hasEnded ? lifeSharePpm : presentSharePpm(),
				mapBytes: total('mapBytes') + facts.memory.shared,
				nodeCpuNs: readerCpuNs,
				retainedBytes: BigInt(facts.retainedBytes),
				budgetSteps: facts.budget.steps,
				probes: costs,
			};
		},
	};
}

/** Time in the programs: the average of the timed runs, for all runs. */
function runTimeOf({ fired, timedRuns, timedNs }: ProbeCounts): bigint {
	return timedRuns === 0n ? 0n : (timedNs * fired) / timedRuns;
}

/** The same for a span of time; by the average of the whole life where no run of the span was timed. */
function usedBetween(before: ProbeCounts | undefined, after: ProbeCounts): number {
	const runs = Number(after.fired - (before?.fired ?? 0n));
	const timedRuns = Number(after.timedRuns - (before?.timedRuns ?? 0n));
	if (timedRuns > 0) return (runs * Number(after.timedNs - (before?.timedNs ?? 0n))) / timedRuns;
	return after.timedRuns === 0n ? 0 : (runs * Number(after.timedNs)) / Number(after.timedRuns);
}

function bigMax(a: bigint, b: bigint): bigint {
	return a > b ? a : b;
}
