import { performance } from 'node:perf_hooks';
import { decodeEnvelope } from '../typescript/index.js';
import type { Output } from './output.js';
import type { TraceOutput } from './trace-output.js';

/** Between two lines of progress, ms. */
const PROGRESS_INTERVAL_MS = 1_000;

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

/**
 * Counts events without decoding any, and writes the totals at the end; to `progress`, where there is one, a line
 * every second.
 */
export function createEventCount(output: Output, progress: Output | undefined): TraceOutput {
	const totals: Totals = { events: 0, batches: 0, bytes: 0, gaps: 0 };
	let startMs = 0;
	let timer: NodeJS.Timeout | undefined;
	return {
		decode: decodeEnvelope,
		async begin() {
			startMs = performance.now();
			if (progress === undefined) return;
			let before = 0;
			timer = setInterval(() => {
				const perSecond = ((totals.events - before) * 1_000) / PROGRESS_INTERVAL_MS;
				before = totals.events;
				// A line of progress that cannot be written is not worth failing for.
				progress.write(`${totalsLine(totals, perSecond)}\n`).catch(() => undefined);
			}, PROGRESS_INTERVAL_MS);
			timer.unref();
		},
		async show({ eventCount, records }, byteLength) {
			totals.events += eventCount;
			totals.batches += eventCount > 0 ? 1 : 0;
			totals.bytes += byteLength;
			totals.gaps += records.filter(({ kind }) => kind.case === 'gap').length;
		},
		end() {
			clearInterval(timer);
			const seconds = (performance.now() - startMs) / 1_000;
			return output.write(`${totalsLine(totals, totals.events / seconds)} seconds=${seconds.toFixed(3)}\n`);
		},
	};
}

/** One line, for example `events=10 batches=1 bytes=910 events/s=5 gaps=0`. */
export function totalsLine({ events, batches, bytes, gaps }: Totals, perSecond: number): string {
	return `events=${events} batches=${batches} bytes=${bytes} events/s=${Math.round(perSecond)} gaps=${gaps}`;
}
