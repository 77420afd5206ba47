import { type LimitResult, runLimitRow } from './limit-row.js';
import { type LoadResult, runLoad } from './load.js';
import type { BenchOptions } from './options.js';
import type { Processes } from './processes.js';
import type { Service } from './service.js';
import { runSondeRow, type SondeResult } from './sonde-row.js';

/** One turn through the rows. */
export interface Round {
	readonly none: LoadResult;
	readonly limit: LimitResult;
	/** undefined: left out on request. */
	readonly sonde: SondeResult | undefined;
}

/** All that a run measured. */
export interface Results {
	readonly rounds: readonly Round[];
	/** Sonde alone, for longer. */
	readonly long: SondeResult | undefined;
}

/** Measures every row once a round, in turn, so that a change of the machine's mood meets all of them. */
export async function runRounds(
	processes: Processes,
	service: Service | undefined,
	{ rounds: count, seconds, longSeconds }: BenchOptions,
	{ signal, progress }: { signal: AbortSignal; progress: (text: string) => void },
): Promise<Results> {
	const rounds: Round[] = [];
	for (let number = 1; number <= count; number++) {
		const step = (row: string) => progress(`round ${number} of ${count}: ${row}`);
		step('no tracing');
		const none = await runLoad(processes, seconds);
		step('the limit');
		const limit = await runLimitRow(processes, seconds, signal);
		if (service !== undefined) step('Sonde');
		const sonde = service && (await runSondeRow(processes, service, seconds, signal));
		rounds.push({ none, limit, sonde });
	}
	if (service === undefined) return { rounds, long: undefined };
	progress(`long run of ${longSeconds} s: Sonde`);
	return { rounds, long: await runSondeRow(processes, service, longSeconds, signal) };
}
