import { parseArgs } from 'node:util';

/** What a run of the benchmark measures. */
export interface BenchOptions {
	/** Times that every row is measured, in turn with the others. */
	readonly rounds: number;
	/** Length of the load in a row. */
	readonly seconds: number;
	/** Length of the load in the long run of Sonde. */
	readonly longSeconds: number;
	/** Print JSON instead of tables. */
	readonly json: boolean;
	/** Measure the rows that need no service, and write no RESULTS.md. */
	readonly skipSonde: boolean;
}

/** The arguments are wrong; the message says which. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}

const MAX_ROUNDS = 100;
/** The load itself takes no more. */
const MAX_SECONDS = 600;

export const USAGE = `usage: npm run bench -- [--rounds N] [--seconds N] [--long-seconds N] [--json] [--skip-sonde]

  --rounds N        times that every row is measured (default 3)
  --seconds N       length of the load in a row (default 5)
  --long-seconds N  length of the load in the long run (default 30)
  --json            print JSON instead of tables
  --skip-sonde      measure only the rows that need no service, and write no RESULTS.md`;

/** Reads the arguments; undefined when they ask for help. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
	const values = parse(args);
	if (values.help) return undefined;
	return {
		rounds: parseCount('--rounds', values.rounds, MAX_ROUNDS),
		seconds: parseCount('--seconds', values.seconds, MAX_SECONDS),
		longSeconds: parseCount('--long-seconds', values['long-seconds'], MAX_SECONDS),
		json: values.json,
		skipSonde: values['skip-sonde'],
	};
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			options: {
				rounds: { type: 'string', default: '3' },
				seconds: { type: 'string', default: '5' },
				'long-seconds': { type: 'string', default: '30' },
				json: { type: 'boolean', default: false },
				'skip-sonde': { type: 'boolean', default: false },
				help: { type: 'boolean', short: 'h', default: false },
			},
		}).values;
	} catch (cause) {
		throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
	}
}

function parseCount(name: string, text: string, most: number): number {
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < 1 || value > most) {
		throw new UsageError(`${name} is "${text}", not a whole number from 1 to ${most}`);
	}
	return value;
}
