// Traces without a service in front of them: what the addon alone lets its caller see and change.
import assert from 'node:assert/strict';
import { openSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCatalog } from '../../service/catalog/catalog.js';
import { localFeatures } from '../../service/catalog/features.js';
import { NO_FILTER, nativeFilter } from '../../service/filter/native-filter.js';
import { StreamEventsResponse } from '../../service/gen/sonde/v1/trace_service.js';
import {
	loadNative,
	type NativeTrace,
	type NativeTraceOptions,
	type ProbeCounts,
} from '../../service/native.js';
import type { Hooks } from './child.js';

const PREFIX = '/nonexistent/sonde-native-trace/';
const RING_BYTES = 1_048_576;

interface Recorded {
	readonly trace: NativeTrace;
	/** Of all processes. */
	events(): number;
	/** Paths that this process opened, without the prefix. */
	readonly paths: readonly string[];
	/** By batch: when its oldest event happened, and when the batch says so. */
	readonly oldest: readonly { readonly event: bigint; readonly batch: bigint }[];
}

const sampling = (oneIn: number) => ({ oneIn, processSalt: 0 });

function fileOpen() {
	const probe = createCatalog(localFeatures()).find('file.open');
	if (probe === undefined) throw new Error('there is no probe file.open');
	const programs = { ...probe.load(), filter: nativeFilter(NO_FILTER), generation: 1, constants: [] };
	return { programs, plan: probe.plan(), sampling: sampling(1) };
}

/** A trace of file.open that has been opened. */
async function record(t: Hooks, options: Partial<NativeTraceOptions> = {}): Promise<Recorded> {
	const paths: string[] = [];
	const oldest: { event: bigint; batch: bigint }[] = [];
	let events = 0;
	const native = loadNative();
	const trace = new native.Trace(
		{
			probes: [fileOpen()],
			ringCount: 1,
			ringBytes: RING_BYTES,
			eventsPerSecond: 0,
			maxEvents: 0n,
			batch: { maxEvents: 4_096, maxBytes: 262_144, maxDelayNs: 1_000_000 },
			eventsField: 8,
			...options,
		},
		(batch) => {
			const bytes = Buffer.alloc(batch.byteLength);
			batch.copy(bytes, 0);
			const decoded = StreamEventsResponse.decode(bytes).events;
			events += decoded.length;
			oldest.push({ event: decoded[0]?.timeUnixNano ?? 0n, batch: batch.oldestUnixNano });
			for (const { process: { tgid } = { tgid: 0 }, payload } of decoded) {
				const path = payload?.$case === 'fileOpen' ? payload.value.path : '';
				if (tgid === process.pid && path.startsWith(PREFIX)) paths.push(path.slice(PREFIX.length));
			}
			batch.release();
		},
	);
	t.after(() => trace.stop());
	await trace.open();
	return { trace, events: () => events, paths, oldest };
}

/** Opens missing files; gives their names. */
function openMissing(name: string, count: number): string[] {
	const names = Array.from({ length: count }, (_, i) => `${name} ${i}`);
	for (const each of names) assert.throws(() => openSync(PREFIX + each, 'r'), { code: 'ENOENT' });
	return names;
}

function countsOf(trace: NativeTrace): ProbeCounts {
	const [counts] = trace.snapshot().probes;
	if (counts === undefined) throw new Error('the trace has no probe');
	return counts;
}

/** Everything that happened has one outcome, and everything delivered has another. */
function assertAddsUp(trace: NativeTrace): void {
	const counts = countsOf(trace);
	const { paused, sampledOut, startLost, filterError, rejected, rateLimited, ringFull, delivered } = counts;
	const ended = paused + sampledOut + startLost + filterError + rejected + rateLimited + ringFull + delivered;
	assert.equal(counts.fired, ended);
	assert.equal(delivered, counts.encoded + counts.overLimit);
}

test('setPaused, setSampling and setEventsPerSecond change a running trace', async (t) => {
	const { trace, paths } = await record(t);
	const seen = openMissing('seen', 50);
	trace.setPaused(true);
	openMissing('paused', 50);
	trace.setPaused(false);
	seen.push(...openMissing('seen again', 50));
	trace.setSampling(0, sampling(4_294_967_295));
	openMissing('sampled out', 50);
	trace.setSampling(0, sampling(1));
	trace.setEventsPerSecond(1);
	// The next look at the rings.
	await sleep(200);
	openMissing('limited', 50);
	trace.setEventsPerSecond(0);
	await sleep(200);
	seen.push(...openMissing('seen at last', 50));
	await trace.stop();
	trace.setPaused(false);

	const limited = paths.filter((path) => path.startsWith('limited'));
	assert.deepEqual(
		paths.filter((path) => !path.startsWith('limited')),
		seen,
	);
	// A token of each CPU and one of the pool, and what is earned while 50 files are opened.
	assert.ok(limited.length <= 10, `${limited.length} of 50 passed a limit of 1 a second`);
	const { paused, sampledOut, rateLimited } = countsOf(trace);
	assert.ok(paused >= 50n && sampledOut >= 50n && rateLimited >= 40n);
	assertAddsUp(trace);
});

test('maxEvents encodes exactly the first events, at once, and can be raised', async (t) => {
	// Without the limit the batch would wait for a minute.
	const batch = { maxEvents: 4_096, maxBytes: 262_144, maxDelayNs: 60_000_000_000 };
	const { trace, events, paths } = await record(t, { maxEvents: 20n, batch });
	const opened = openMissing('first', 60);
	while (events() < 20) await sleep(5);
	const paused = countsOf(trace).paused;
	openMissing('over', 30);
	assert.ok(countsOf(trace).paused >= paused + 30n);
	assert.equal(events(), 20);
	assert.deepEqual(paths, opened.slice(0, paths.length));
	trace.setMaxEvents(50n);
	await sleep(200);
	openMissing('second', 60);
	while (events() < 50) await sleep(5);
	await trace.stop();
	assert.equal(events(), 50);
	assert.equal(countsOf(trace).encoded, 50n);
	assertAddsUp(trace);
});

test('a trace says what it costs, and when the oldest event of a batch happened', async (t) => {
	const { trace, oldest, paths } = await record(t);
	const opened = openMissing('cost', 2_000);
	const memory = trace.memory();
	await trace.stop();
	assert.deepEqual(paths, opened);
	const { fired, timedRuns, timedNs } = countsOf(trace);
	assert.ok(timedRuns >= fired / 95n, `${timedRuns} of ${fired} runs were measured`);
	assert.ok(timedRuns <= fired / 32n + 64n, `${timedRuns} of ${fired} runs were measured`);
	assert.ok(timedNs / timedRuns >= 10n && timedNs / timedRuns <= 1_000_000n);
	assert.ok(trace.snapshot().readerCpuNs > 0n);
	assert.ok(memory.shared >= BigInt(RING_BYTES));
	assert.equal(memory.probes.length, 1);
	assert.ok((memory.probes[0] ?? 0n) > 8_192n);
	assert.deepEqual(trace.memory(), memory);
	for (const { event, batch } of oldest) assert.equal(batch, event);
});

/** A record of file.open is shorter than this. */
const BEHIND_THE_RECORD = 60_000;

test('records that the plan cannot read end the reading, not the process', async (t) => {
	const probe = fileOpen();
	const step = { op: 'uint64', offset: BEHIND_THE_RECORD, tag: 8 } as const;
	const plan = { steps: [...probe.plan.steps, step] };
	const { trace, events } = await record(t, { probes: [{ ...probe, plan }] });
	const healthy = await record(t);
	openMissing('unreadable', 20);
	while (trace.snapshot().failure === '') await sleep(5);
	assert.match(trace.snapshot().failure, /^a record of \d+ bytes fits no probe/);
	const { paused } = countsOf(trace);
	openMissing('after the failure', 20);
	assert.ok(countsOf(trace).paused >= paused + 20n);
	await trace.stop();
	await healthy.trace.stop();
	assert.equal(events(), 0);
	const { delivered, encoded } = countsOf(trace);
	assert.ok(delivered > 0n);
	assert.equal(encoded, 0n);
	assert.equal(healthy.paths.length, 40);
});
