/** Program time that a trace may save up, ns: a burst is not worth a step. */
const MOST_CREDIT_NS = 100e6;
/** Beyond this sampling a trace is not worth its cost. */
const MOST_ONE_IN = 1_024;
/** Looks over the budget, at the strongest sampling, after which the trace ends. */
const LOOKS_TO_END = 10;
/** Looks at which twice as much would fit, after which a step is taken back. */
const LOOKS_TO_RECOVER = 10;
/** Share of the budget that twice the present cost may take to count as fitting: room for the estimate's error. */
const RECOVER_SHARE = 0.8;

/** A change of one probe's sampling. */
export interface BudgetStep {
	readonly probeIndex: number;
	/** One hit in this many is kept from now on. */
	readonly oneIn: number;
	/** Of one core, that was measured. */
	readonly permille: number;
}

/** What follows from a look. */
export type BudgetDecision = BudgetStep | 'fits' | 'exceeded';

/** Keeps the programs of a trace within a share of one core. */
export interface Budget {
	/** By index of the probe: one hit in this many is kept. */
	readonly oneIn: readonly number[];
	/** Steps so far. */
	readonly steps: bigint;
	/**
	 * Looks at a span of time.
	 *
	 * @param elapsedNs how long it was.
	 * @param usedNs time in the programs of each probe.
	 * @param permille the share of one core that is allowed; 0: all.
	 */
	look(elapsedNs: number, usedNs: readonly number[], permille: number): BudgetDecision;
}

/** Makes a budget that has saved up all that it can. */
export function createBudget(probeCount: number): Budget {
	const oneIn: number[] = Array(probeCount).fill(1);
	let debtNs = -MOST_CREDIT_NS;
	let looksOver = 0;
	let looksWithRoom = 0;
	let steps = 0n;

	/** The probe whose figure is the greatest among those that may change. */
	function pick(mayChange: (n: number) => boolean, figures: readonly number[]): number | undefined {
		let best: number | undefined;
		oneIn.forEach((n, i) => {
			if (mayChange(n) && (best === undefined || (figures[i] ?? 0) > (figures[best] ?? 0))) best = i;
		});
		return best;
	}

	function step(probeIndex: number, n: number, permille: number): BudgetStep {
		oneIn[probeIndex] = n;
		steps++;
		looksWithRoom = 0;
		return { probeIndex, oneIn: n, permille };
	}

	return {
		oneIn,
		get steps() {
			return steps;
		},
		look(elapsedNs, usedNs, permille) {
			const used = usedNs.reduce((sum, ns) => sum + ns, 0);
			const allowed = permille === 0 ? Number.POSITIVE_INFINITY : (elapsedNs * permille) / 1000;
			const measured = Math.round((used / elapsedNs) * 1000);
			debtNs = Math.max(debtNs + used - allowed, -MOST_CREDIT_NS);
			if (debtNs > 0 && used > allowed) {
				const costliest = pick((n) => n < MOST_ONE_IN, usedNs);
				if (costliest !== undefined) {
					looksOver = 0;
					return step(costliest, (oneIn[costliest] ?? 1) * 2, measured);
				}
				return ++looksOver >= LOOKS_TO_END ? 'exceeded' : 'fits';
			}
			looksOver = 0;
			looksWithRoom = used * 2 <= allowed * RECOVER_SHARE ? looksWithRoom + 1 : 0;
			const strongest = looksWithRoom < LOOKS_TO_RECOVER ? undefined : pick((n) => n > 1, oneIn);
			return strongest === undefined ? 'fits' : step(strongest, (oneIn[strongest] ?? 2) / 2, measured);
		},
	};
}
