import { performance } from 'node:perf_hooks';
import { decodeEnvelope } from '../typescript/index.js';
import type { Output } from './output.js';
import type { TraceOutput } from './trace-output.js';

/** What was counted. */
export interface Totals {
	events: number;
	/** Messages that carried events. */
	batches: number;
	/** Of all messages, as encoded. */
	bytes: number;
	/** Gap records. */
	gaps: number;
}

/** Counts events without decoding any, and writes the totals at the end. */
export function createEventCount(output: Output): TraceOutput {
	const totals: Totals = { events: 0, batches: 0, bytes: 0, gaps: 0 };
	let startMs = 0;
	return {
		decode: decodeEnvelope,
		async begin() {
			startMs = performance.now();
		},
		async show({ eventCount, records }, byteLength) {
			totals.events += eventCount;
			totals.batches += eventCount > 0 ? 1 : 0;
			totals.bytes += byteLength;
			totals.gaps += records.filter(({ kind }) => kind.case === 'gap').length;
		},
		end() {
			const seconds = (performance.now() - startMs) / 1_000;
			return output.write(`${totalsLine(totals, totals.events / seconds)} seconds=${seconds.toFixed(3)}\n`);
		},
	};
}

/** One line, for example `events=10 batches=1 bytes=910 events/s=5 gaps=0`. */
export function totalsLine({ events, batches, bytes, gaps }: Totals, perSecond: number): string {
	return `events=${events} batches=${batches} bytes=${bytes} events/s=${Math.round(perSecond)} gaps=${gaps}`;
}
