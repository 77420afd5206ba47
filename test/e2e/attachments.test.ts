import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localFeatures, reportsMisses } from '../../service/catalog/features.js';
import { StreamEventsResponse } from '../../service/gen/sonde/v1/trace_service.js';
import { stopByCaller, type Trace } from '../../service/traces/trace.js';
import { startAttached } from './attached-trace.js';
import { openThreads, threadPaths } from './opens.js';

/** The ways to attach a probe on system calls, by what a kernel must lack or have to be given it. */
const WAYS = [
	{
		name: 'two programs for each call, as before 5.15',
		features: { task_pt_regs: false, return_probes: false },
		attachPoint: /^tracepoint\/syscalls\/sys_(enter|exit)_/,
		programs: 8,
	},
	{
		name: 'the tracepoint of each call',
		features: { return_probes: false },
		attachPoint: /^tracepoint\/syscalls\/sys_exit_/,
		programs: 4,
		needs: 'task_pt_regs',
	},
	{
		name: 'a return probe on the function of each call',
		features: { exact_tracepoints: false },
		attachPoint: /^kretprobe\.multi\/__x64_sys_/,
		programs: 4,
		needs: 'return_probes',
	},
] as const;

for (const { name, features, attachPoint, programs, ...rest } of WAYS) {
	const needs = 'needs' in rest ? rest.needs : undefined;
	const lacking = localFeatures().find((feature) => feature.name === needs && !feature.available);
	const skip = lacking === undefined ? false : lacking.detail;
	for (const cpu of [-1, 0]) {
		const where = cpu === -1 ? '8 threads' : '8 threads on one CPU';
		test(`${name}: ${where}, and all opens are seen or counted as missed`, { skip }, async (t) => {
			const trace = await startAttached(t, 'file.open', features);
			const points = trace.programs
				.flatMap((list) => list.map(({ attachPoint }) => attachPoint))
				.filter((point) => point !== '' && !point.startsWith('tp_btf/io_uring_'));
			assert.equal(points.length, programs);
			for (const point of points) assert.match(point, attachPoint);

			const opener = await openThreads(t, { threads: 8, cpu, count: 2_000 });
			await opener.run();
			await stopByCaller(trace);
			const seen = pathsOf(trace, opener.pid);
			const made = threadPaths(8, 2_000);
			const { total } = trace.snapshot().accounting;
			assert.equal(total?.inFlight, 0n);
			assert.equal(total?.missed === undefined, !reportsMisses(), 'unknown, not zero, before 6.7');
			assert.equal(new Set(seen).size, seen.length, 'none is doubled');
			const isMade = new Set(made);
			assert.deepEqual(
				seen.filter((path) => !isMade.has(path)),
				[],
			);
			const lost = BigInt(made.length - seen.length);
			if (mayMiss(attachPoint)) {
				const counted = (total?.missed ?? 0n) + (total?.startLost ?? 0n);
				assert.ok(counted >= lost, `${lost} were lost, ${counted} counted`);
			} else {
				assert.equal(lost, 0n);
				assert.equal(total?.missed ?? 0n, 0n);
			}
		});
	}
}

/** Whether this kernel can preempt such programs and then skips others. */
function mayMiss(attachPoint: RegExp): boolean {
	const exact = localFeatures().some(({ name, available }) => name === 'exact_tracepoints' && available);
	return !exact && attachPoint.source.includes('tracepoint');
}

/** The test's opens of a process that a trace has retained, sorted. */
function pathsOf(trace: Trace, pid: number): string[] {
	const paths: string[] = [];
	for (let sequence = 1n; ; ) {
		const batch = trace.batchAt(sequence);
		if (batch === undefined) return paths.sort();
		const bytes = Buffer.alloc(batch.events.byteLength);
		batch.events.copy(bytes, 0);
		for (const { process, payload } of StreamEventsResponse.decode(bytes).events) {
			if (process?.tgid !== pid || payload?.$case !== 'fileOpen') continue;
			if (payload.value.path.startsWith('/sonde/')) paths.push(payload.value.path);
		}
		sequence = batch.firstSequence + BigInt(batch.events.eventCount);
	}
}
