import { type LoadResult, runLoad } from './load.js';
import type { Processes } from './processes.js';
import { type NotAvailable, orNotAvailable, type Row, type RowResult } from './row.js';

/** One turn through the rows. */
export interface Round {
	/** The load alone. */
	readonly none: LoadResult;
	/** In the order of the rows. */
	readonly results: readonly (RowResult | NotAvailable)[];
}

/** Ends the run, and says what it does. */
export interface RunContext {
	readonly signal: AbortSignal;
	readonly progress: (text: string) => void;
}

/** Measures every row once a round, in turn, so that a change of the machine's mood meets all of them. */
export async function runRounds(
	processes: Processes,
	rows: readonly Row[],
	{ rounds: count, seconds }: { readonly rounds: number; readonly seconds: number },
	{ signal, progress }: RunContext,
): Promise<Round[]> {
	const rounds: Round[] = [];
	for (let number = 1; number <= count; number++) {
		progress(`round ${number} of ${count}: no tracing`);
		const none = await runLoad(processes, seconds);
		const results: (RowResult | NotAvailable)[] = [];
		for (const { name, isOptional, measure } of rows) {
			progress(`round ${number} of ${count}: ${name}`);
			const measuring = measure(seconds);
			results.push(await (isOptional ? orNotAvailable(processes, measuring, signal) : measuring));
		}
		rounds.push({ none, results });
	}
	return rounds;
}
