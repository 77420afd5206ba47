import { z } from 'zod';

const NS_PER_UNIT = { ms: 1_000_000, s: 1_000_000_000, m: 60_000_000_000, h: 3_600_000_000_000 };
const SHORTEST_NS = 1_000_000_000n;
/** A week: longer than that, something has been forgotten. */
const LONGEST_NS = 604_800_000_000_000n;

/** A time in a configuration or policy file, 1 s to a week, as text such as "90s"; becomes ns. */
export const durationText = z
	.string()
	.regex(/^\d+(ms|s|m|h)$/, 'must be a number and a unit, for example 90s, 5m, 1h')
	.transform(toNs)
	.refine((ns) => ns >= SHORTEST_NS && ns <= LONGEST_NS, 'must be 1s to 168h');

function toNs(text: string): bigint {
	const [, number = '', unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
	const ns = Object.entries(NS_PER_UNIT).find(([name]) => name === unit)?.[1] ?? 0;
	return BigInt(number) * BigInt(ns);
}
