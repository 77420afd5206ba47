/** What a soak looks at, again and again; each is passed when it was never wrong. */
export const CHECKS = {
	sums: 'the sums of every accounting hold',
	monotonic: 'no counter of a trace goes down',
	state: 'a trace goes through its life forwards',
	final: 'all that tells of a trace that has ended tells the same',
	endReason: 'traces end for the reasons that they have',
	limits: 'traces stay within their limits',
	sequence: 'each event comes once or is in a gap, over all connections',
	subscription: 'a stream accounts for exactly what it sent and what it lost',
	noLoss: 'a trace that pauses loses nothing to its reader',
	streamEnd: 'streams end with the end of their trace, or at the number of events they asked for',
	decoded: 'messages hold as many events as they say',
	refused: 'bad requests get the error that they deserve',
	answered: 'good requests are answered',
	nodeCounters: 'no counter of the node goes down',
	nodeSums: 'the node has counted exactly what its traces counted',
	givenBack: 'when no trace runs, nothing is taken: maps, rings, retention, streams',
	programs: 'programs and maps do not accumulate',
	fds: 'file descriptors are as many as before',
	threads: 'threads do not accumulate',
	heap: 'the heap of JavaScript is flat',
	resident: 'resident memory is flat',
	perTrace: 'a trace that has ended leaves little memory behind',
	log: 'the log says nothing of errors',
	shutdown: 'SIGTERM ends the node in time, with status 0 and all streams told',
	unloaded: 'after the node has ended, the kernel has none of its programs and maps',
} as const;

/** One of them. */
export type CheckName = keyof typeof CHECKS;

/** How often one was looked at, and how often it was wrong. */
export interface CheckResult {
	readonly name: CheckName;
	readonly looks: number;
	readonly failures: number;
}

/** What was looked at so far. */
export interface Checks {
	/** @param detail what is wrong, and where. */
	expect(name: CheckName, holds: boolean, detail: () => string): void;
	/** One look that may find several things wrong. */
	none(name: CheckName, problems: readonly string[], where: string): void;
	results(): CheckResult[];
}

/** Of one check; the rest is only counted. */
const MOST_PRINTED = 10;

/**
 * @param print takes a line for each of the first failures, at once: a soak may not live to its end.
 * @param interrupted what is wrong from then on says nothing.
 */
export function createChecks(print: (line: string) => void, interrupted?: AbortSignal): Checks {
	const counts = new Map<CheckName, { looks: number; failures: number }>();

	function count(name: CheckName, problems: readonly string[]): void {
		if (interrupted?.aborted) return;
		const entry = counts.get(name) ?? { looks: 0, failures: 0 };
		counts.set(name, entry);
		entry.looks++;
		for (const problem of problems) {
			if (++entry.failures <= MOST_PRINTED) print(`FAILED: ${CHECKS[name]}: ${problem}`);
		}
	}

	return {
		expect: (name, holds, detail) => count(name, holds ? [] : [detail()]),
		none: (name, problems, where) =>
			count(
				name,
				problems.map((problem) => `${where}: ${problem}`),
			),
		results: () =>
			(Object.keys(CHECKS) as CheckName[]).map((name) => ({
				name,
				...(counts.get(name) ?? { looks: 0, failures: 0 }),
			})),
	};
}
