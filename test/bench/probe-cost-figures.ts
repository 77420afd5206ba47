import { isAvailable, type NotAvailable } from './row.js';

/** A load under a reader, in one round. */
export interface Sample {
	/** As in the result of a load. */
	readonly quietNsPerCall: number;
	readonly calls: number;
	/** That came out. */
	readonly events: number;
	/** Events that the reader itself knows to have lost. */
	readonly lost: number;
}

/** What was measured of one probe: a value for each round. */
export interface ProbeCost {
	readonly probe: string;
	readonly title: string;
	readonly eventsPerCall: number;
	/** ns of CPU time for an operation without tracing, of the quickest bursts. */
	readonly none: readonly number[];
	readonly sonde: readonly (Sample | NotAvailable)[];
	/** Empty if bpftrace is left out. */
	readonly bpftrace: readonly (Sample | NotAvailable)[];
}

/** What a reader adds. */
export interface AddedCost {
	/** To an operation, for each event of it. */
	readonly addedNs: number;
	/** Of all events of all rounds. */
	readonly lostShare: number;
}

/**
 * Sums up a reader of a probe; undefined: it was left out. From the least of all rounds, as with rejected events: others on
 * the machine only add.
 */
export function addedBy(
	{ none, eventsPerCall }: Pick<ProbeCost, 'none' | 'eventsPerCall'>,
	rounds: readonly (Sample | NotAvailable)[],
): AddedCost | NotAvailable | undefined {
	const samples = rounds.filter(isAvailable);
	if (samples.length === 0) return rounds[0] === undefined || isAvailable(rounds[0]) ? undefined : rounds[0];
	const least = Math.min(...samples.map(({ quietNsPerCall }) => quietNsPerCall));
	const sum = (of: (sample: Sample) => number) => samples.reduce((total, sample) => total + of(sample), 0);
	return {
		addedNs: (least - Math.min(...none)) / eventsPerCall,
		lostShare: sum((sample) => lostOf(sample, eventsPerCall)) / sum(({ calls }) => calls * eventsPerCall),
	};
}

/** The load's own calls are the one count that no reader had a hand in. */
function lostOf({ calls, events, lost }: Sample, eventsPerCall: number): number {
	return Math.max(lost, calls * eventsPerCall - events);
}
