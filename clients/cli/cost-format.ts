import type { Cost } from '../typescript/index.js';

/** Writes a share of one core given in millionths, for example "0.02%", "12%". */
export function formatShare(ppm: number): string {
	const percent = ppm / 10_000;
	return `${percent < 10 ? percent.toFixed(2) : percent.toFixed(0)}%`;
}

/** Writes nanoseconds for people, for example "850 ns", "1.2 µs", "3.4 s". */
export function formatNanoseconds(ns: number): string {
	if (ns < 1_000) return `${Math.round(ns)} ns`;
	if (ns < 1_000_000) return `${(ns / 1_000).toFixed(1)} µs`;
	if (ns < 1_000_000_000) return `${(ns / 1_000_000).toFixed(1)} ms`;
	return `${(ns / 1_000_000_000).toFixed(1)} s`;
}

/** What a sum of a trace makes a second of its whole life; 0 before it has one. */
export function perSecond(cost: Cost | undefined, sum: bigint): number {
	const seconds = Number(cost?.elapsed?.seconds ?? 0n) + (cost?.elapsed?.nanos ?? 0) / 1e9;
	return seconds === 0 ? 0 : Number(sum) / seconds;
}
