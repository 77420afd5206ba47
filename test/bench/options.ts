import { parseArgs } from 'node:util';

/** What a run of the benchmark measures. */
export interface BenchOptions {
	/** Times that every row is measured, in turn with the others. */
	readonly rounds: number;
	/** Length of the load in a row. */
	readonly seconds: number;
	/** Length of the load in the long run of Sonde. */
	readonly longSeconds: number;
	/** Write no RESULTS.md. */
	readonly isTrial: boolean;
	/** Leave the tools of others out. */
	readonly skipPeers: boolean;
	/** Take CPU profiles of the service's JavaScript. */
	readonly profile: boolean;
	/** Print JSON instead of tables. */
	readonly json: boolean;
}

/** The arguments are wrong; the message says which. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}

const MAX_ROUNDS = 100;
/** The load itself takes no more. */
const MAX_SECONDS = 600;
const DEFAULTS = { rounds: 3, seconds: 5, longSeconds: 60 };
/** Long enough to see that everything works. */
const QUICK = { rounds: 1, seconds: 1, longSeconds: 2 };

export const USAGE = `usage: npm run bench -- [options]

  --rounds N        times that every row is measured (default ${DEFAULTS.rounds})
  --seconds N       length of the load in a row (default ${DEFAULTS.seconds})
  --long-seconds N  length of the load in the long run (default ${DEFAULTS.longSeconds})
  --quick           one short round, to try a change; writes no RESULTS.md
  --skip-peers      leave bpftrace and opensnoop out; writes no RESULTS.md
  --profile         take CPU profiles of the service's JavaScript, which slows it; writes no RESULTS.md
  --json            print JSON instead of tables`;

/** Reads the arguments; undefined when they ask for help. */
export function parseOptions(args: readonly string[]): BenchOptions | undefined {
	const values = parse(args);
	if (values.help) return undefined;
	const defaults = values.quick ? QUICK : DEFAULTS;
	return {
		rounds: parseCount('--rounds', values.rounds, MAX_ROUNDS) ?? defaults.rounds,
		seconds: parseCount('--seconds', values.seconds, MAX_SECONDS) ?? defaults.seconds,
		longSeconds: parseCount('--long-seconds', values['long-seconds'], MAX_SECONDS) ?? defaults.longSeconds,
		isTrial: values.quick || values['skip-peers'] || values.profile,
		skipPeers: values['skip-peers'],
		profile: values.profile,
		json: values.json,
	};
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			options: {
				rounds: { type: 'string' },
				seconds: { type: 'string' },
				'long-seconds': { type: 'string' },
				quick: { type: 'boolean', default: false },
				'skip-peers': { type: 'boolean', default: false },
				profile: { type: 'boolean', default: false },
				json: { type: 'boolean', default: false },
				help: { type: 'boolean', short: 'h', default: false },
			},
		}).values;
	} catch (cause) {
		throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
	}
}

function parseCount(name: string, text: string | undefined, most: number): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < 1 || value > most) {
		throw new UsageError(`${name} is "${text}", not a whole number from 1 to ${most}`);
	}
	return value;
}
