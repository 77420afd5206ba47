import { parseArgs } from 'node:util';

/** What a soak does. */
export interface SoakOptions {
	/** Length of the random part. */
	readonly seconds: number;
	/** Repeats the random choices of another run. */
	readonly seed: number;
}

/** The arguments are wrong; the message says which. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}

const DEFAULT_SECONDS = 20 * 60;
/** Two days. */
const MAX_SECONDS = 48 * 3600;
const MAX_SEED = 2 ** 32 - 1;

export const USAGE = `usage: npm run soak -- [--minutes N | --seconds N] [--seed N]

  --minutes N, --seconds N  length of the random part (default ${DEFAULT_SECONDS / 60} minutes); the rest takes some 20 s more
  --seed N                  repeats the choices of the run that printed this seed (default: by chance)`;

/**
 * Reads the arguments; undefined when they ask for help.
 *
 * @param freshSeed the seed when none is given.
 * @throws UsageError.
 */
export function parseOptions(args: readonly string[], freshSeed: number): SoakOptions | undefined {
	const values = parse(args);
	if (values.help) return undefined;
	if (values.minutes !== undefined && values.seconds !== undefined)
		throw new UsageError('--minutes and --seconds exclude each other');
	const seconds =
		values.seconds === undefined
			? parseWhole('--minutes', values.minutes, [1, MAX_SECONDS / 60], DEFAULT_SECONDS / 60) * 60
			: parseWhole('--seconds', values.seconds, [5, MAX_SECONDS], DEFAULT_SECONDS);
	return { seconds, seed: parseWhole('--seed', values.seed, [0, MAX_SEED], freshSeed) };
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			options: {
				minutes: { type: 'string' },
				seconds: { type: 'string' },
				seed: { type: 'string' },
				help: { type: 'boolean', short: 'h', default: false },
			},
		}).values;
	} catch (cause) {
		throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
	}
}

function parseWhole(
	name: string,
	text: string | undefined,
	[least, most]: readonly [number, number],
	fallback: number,
): number {
	if (text === undefined) return fallback;
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < least || value > most) {
		throw new UsageError(`${name} is "${text}", not a whole number from ${least} to ${most}`);
	}
	return value;
}
