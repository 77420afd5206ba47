import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { createCatalog } from '../../service/catalog/catalog.js';
import { localFeatures } from '../../service/catalog/features.js';
import { StreamEventsResponse } from '../../service/gen/sonde/v1/trace_service.js';
import { loadNative } from '../../service/native.js';
import { createTraceRegistry } from '../../service/traces/registry.js';
import { stopByCaller } from '../../service/traces/trace.js';
import { openThreads, threadPaths } from './opens.js';

test('where the kernel has no bpf_task_pt_regs, two programs for each call capture the same', async (t) => {
	// As on a kernel before 5.15.
	const features = localFeatures().map((feature) =>
		feature.name === 'task_pt_regs' ? { ...feature, available: false } : feature,
	);
	const native = loadNative();
	const log = pino({ level: 'silent' });
	const registry = createTraceRegistry({
		native,
		catalog: createCatalog(features),
		reportsMisses: false,
		log,
	});
	t.after(() => registry.close());
	const opener = await openThreads(t, { threads: 8, count: 500 });
	const trace = await registry.start('test', {
		probes: [{ probe: 'file.open', sampleOneIn: 1 }],
		eventsPerSecond: 10_000_000,
		ringBytes: 8_388_608,
		retentionBytes: 33_554_432,
		batch: { maxEvents: 4_096, maxBytes: 262_144, maxDelayNs: 1_000_000n },
		leaseNs: 60_000_000_000n,
		maxDurationNs: 60_000_000_000n,
	});
	assert.equal(trace.programs[0]?.filter(({ attachPoint }) => attachPoint.includes('/sys_enter_')).length, 4);
	await opener.run();
	await stopByCaller(trace);

	const paths: string[] = [];
	for (let sequence = 1n; ; ) {
		const batch = trace.batchAt(sequence);
		if (batch === undefined) break;
		const bytes = Buffer.alloc(batch.events.byteLength);
		batch.events.copy(bytes, 0);
		for (const { process, payload } of StreamEventsResponse.decode(bytes).events) {
			if (process?.tgid === opener.pid && payload?.value.path.startsWith('/sonde/'))
				paths.push(payload.value.path);
		}
		sequence = batch.firstSequence + BigInt(batch.events.eventCount);
	}
	assert.deepEqual(paths.sort(), threadPaths(8, 500));
	const { total } = trace.snapshot().accounting;
	assert.equal(total?.missed, undefined, 'unknown, not zero');
	assert.equal(total?.inFlight, 0n);
});
