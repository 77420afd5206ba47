import type { Duration } from './gen/google/protobuf/duration.js';

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;

/** Nanoseconds of a google.protobuf.Duration. */
export function durationToNs({ seconds, nanos }: Duration): bigint {
	return seconds * NS_PER_SECOND + BigInt(nanos);
}

/** A google.protobuf.Duration of these nanoseconds. */
export function durationFromNs(ns: bigint): Duration {
	return { seconds: ns / NS_PER_SECOND, nanos: Number(ns % NS_PER_SECOND) };
}

/** Whole milliseconds, rounded up. */
export function nsToMs(ns: bigint): number {
	return Number((ns + NS_PER_MS - 1n) / NS_PER_MS);
}

/** For messages, for example "1.5 s", "20 ms", "-1 s". */
export function formatNs(ns: bigint): string {
	const [unit, name] =
		ns % NS_PER_SECOND === 0n || ns > NS_PER_SECOND ? [NS_PER_SECOND, 's'] : [NS_PER_MS, 'ms'];
	const value = Number(ns) / Number(unit);
	return `${value.toLocaleString('en-US', { maximumFractionDigits: 9 })} ${name}`;
}

/** The present moment, ns since the Unix epoch. */
export function unixNanoNow(): bigint {
	return BigInt(Date.now()) * NS_PER_MS;
}
