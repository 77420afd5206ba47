import { setTimeout as sleep } from 'node:timers/promises';
import { startPaced } from './load.js';
import { createPacedFinder, unixMsNow } from './paced-opens.js';
import type { Child, Processes } from './processes.js';
import { RESPONSE_RATE, type Response } from './response.js';
import { spreadOf } from './statistics.js';
import { until } from './wait.js';

/** A program that prints a line for each open. */
export interface PipeReader {
	readonly name: string;
	readonly start: (output: (chunk: string) => void) => Promise<Child>;
}

const STARTS = 3;
const START_MS = 60_000;
const END_MS = 30_000;

/** Measures the response of a program through a pipe, from the start of its process. */
export async function measurePipeResponse(
	processes: Processes,
	reader: PipeReader,
	seconds: number,
	signal: AbortSignal,
): Promise<Response> {
	const mostSeconds = STARTS * (START_MS / 1000 + seconds);
	const trickle = await startPaced(processes, RESPONSE_RATE, Math.min(600, mostSeconds));
	const startMs: number[] = [];
	const latencyMs: number[] = [];
	for (let start = 1; start <= STARTS; start++) {
		const run = await runOnce(reader, start === STARTS ? seconds * 1000 : 0, signal);
		startMs.push(run.firstMs);
		latencyMs.push(...run.latencyMs);
	}
	trickle.signal('SIGTERM');
	await trickle.end(END_MS);
	const { name } = reader;
	return { name, startMs: spreadOf(startMs), latencyMs: spreadOf(latencyMs), oldestMs: undefined };
}

/** Starts it once, and goes on for some time after the first event. */
async function runOnce({ start }: PipeReader, moreMs: number, signal: AbortSignal) {
	const latencyMs: number[] = [];
	let firstMs: number | undefined;
	const find = createPacedFinder();
	const startedMs = performance.now();
	const child = await start((chunk) => {
		const nowMs = unixMsNow();
		const found = find(chunk);
		// What comes with the first event has waited for the start.
		if (firstMs !== undefined) for (const calledMs of found) latencyMs.push(nowMs - calledMs);
		else if (found.length > 0) firstMs = performance.now() - startedMs;
	});
	const first = await until(
		async () => {
			child.check();
			if (firstMs === undefined && child.ended()) throw new Error('it ended by itself');
			return firstMs;
		},
		{ what: 'the first event', timeoutMs: START_MS, signal },
	);
	await sleep(moreMs, undefined, { signal });
	child.signal('SIGINT');
	await child.end(END_MS);
	return { firstMs: first, latencyMs };
}
