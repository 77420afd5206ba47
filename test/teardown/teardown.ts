// A process or worker that ends in the middle of things; teardown.test.ts runs it.
//
//   teardown MOMENT process DELAY_MS   ends the process
//   teardown MOMENT worker DELAY_MS    ends a worker, then the process as usual
//
// MOMENT is what the traces are doing: opening, running, or stopping.

import { openSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createCatalog } from '../../service/catalog/catalog.js';
import { localFeatures } from '../../service/catalog/features.js';
import { NO_FILTER, nativeFilter } from '../../service/filter/native-filter.js';
import { loadNative, type NativeTrace } from '../../service/native.js';

const TRACES = 3;

interface Run {
	readonly moment: string;
	readonly delayMs: number;
}

function newTrace(): NativeTrace {
	const fileOpen = createCatalog(localFeatures()).find('file.open');
	if (fileOpen === undefined) throw new Error('there is no probe file.open');
	const native = loadNative();
	return new native.Trace(
		{
			probes: [
				{
					programs: { ...fileOpen.load(), filter: nativeFilter(NO_FILTER), generation: 1, constants: [] },
					plan: fileOpen.plan(),
					sampling: { oneIn: 1, processSalt: 0 },
				},
			],
			ringCount: 1,
			ringBytes: 1_048_576,
			eventsPerSecond: 10_000_000,
			maxEvents: 0n,
			// A batch for each few events: the reader thread calls all the time.
			batch: { maxEvents: 4, maxBytes: 8_192, maxDelayNs: 1_000_000 },
			eventsField: 8,
		},
		(batch) => batch.release(),
	);
}

/** Brings traces to the moment; resolves at its beginning. */
async function begin({ moment, delayMs }: Run): Promise<void> {
	const traces = Array.from({ length: TRACES }, newTrace);
	const opened = Promise.all(traces.map((trace) => trace.open()));
	if (moment !== 'opening') {
		await opened;
		if (moment === 'stopping') for (const trace of traces) void trace.stop();
	}
	const end = Date.now() + delayMs;
	while (Date.now() < end) {
		for (let i = 0; i < 20; i++) openMissing();
		await sleep(0);
	}
}

function openMissing(): void {
	try {
		openSync('/nonexistent/sonde-teardown', 'r');
	} catch {
		// It is missing.
	}
}

/** BPF programs and links that this process has open. */
function countPrograms(): number {
	return readdirSync('/proc/self/fd').filter((fd) => {
		try {
			return /bpf-prog|bpf_link|perf_event/.test(readlinkSync(`/proc/self/fd/${fd}`));
		} catch {
			// The one of readdir itself is closed by now.
			return false;
		}
	}).length;
}

if (isMainThread) {
	const [, , moment = '', where, delay] = process.argv;
	const run: Run = { moment, delayMs: Number(delay) };
	if (where === 'worker') {
		const worker = new Worker(new URL(import.meta.url), { workerData: run });
		const failed = new Promise((_, reject) => worker.once('error', reject));
		await Promise.race([new Promise((resolve) => worker.once('message', resolve)), failed]);
		await worker.terminate();
		console.log(`${countPrograms()} programs are left`);
	} else {
		await begin(run);
		process.exit(0);
	}
} else {
	await begin(workerData);
	parentPort?.postMessage('begun');
	for (;;) {
		openMissing();
		await sleep(0);
	}
}
