import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRefusals } from '../abuse/refusals.js';
import { EndReason } from '../gen/sonde/v1/trace.js';
import { createStreamTotals } from '../streaming/stream-totals.js';
import { sumOf } from '../traces/accounting.js';
import { DEFAULT_NODE_LIMITS } from '../traces/node-limits.js';
import { createMetrics } from './metrics.js';
import { serveMetrics } from './metrics-server.js';

function sources() {
	const streams = createStreamTotals();
	const totals = {
		...{ started: 5, endedByReason: new Map([[EndReason.LEASE_EXPIRED, 2]]), mapBytes: 7n, retainedBytes: 9 },
		...{ runCount: 100n, runTimeNs: 2_500_000_000n, readerCpuNs: 1n },
		events: { ...sumOf([]), fired: 42n, ringFull: 3n, missed: undefined },
	};
	const usage = {
		...{ traces: 3, subscribers: 4, retentionBytes: 5, ringBytes: 6, processTrees: 0 },
		...{ eventsPerSecond: 0, cpuBudgetPermille: 0 },
		cgroupTrees: 0,
	};
	const registry = { limits: DEFAULT_NODE_LIMITS, usage: () => usage, totals: () => totals };
	const refusals = createRefusals();
	refusals.count('ping_flood');
	const refused = { prog_load: 6n, ptrace: 0n };
	const guard = {
		mode: () => 'audit' as const,
		counts: () => ({ passed: 8n, refused, untold: 0n, missed: 0n }),
	};
	const audit = { totals: () => ({ lines: 12n, failures: 1n, summed: 0n }) };
	return { version: '1.2.3', registry, streams, refusals, audit, guard };
}

test('figures are those of the moment of the scrape, and a second scrape does not add to the first', async () => {
	const from = sources();
	const metrics = createMetrics(from);
	await metrics.text();
	from.streams.sentEvents = 17n;
	const text = await metrics.text();
	for (const line of [
		'sonde_build_info{version="1.2.3"} 1',
		'sonde_traces 3',
		'sonde_traces_started_total 5',
		'sonde_traces_ended_total{reason="lease_expired"} 2',
		'sonde_events_total{stage="fired"} 42',
		'sonde_events_total{stage="sent"} 17',
		'sonde_events_lost_total{reason="ring_full"} 3',
		'sonde_program_run_seconds_total 2.5',
		'sonde_used{resource="ring_bytes"} 6',
		'sonde_limit{resource="traces"} 48',
		'sonde_refused_total{reason="ping_flood"} 1',
		'sonde_refused_total{reason="login"} 0',
		'sonde_audit_entries_total{outcome="written"} 12',
		'sonde_audit_entries_total{outcome="lost"} 1',
		'sonde_guard{mode="audit"} 1',
		'sonde_guard{mode="off"} 0',
		'sonde_guard_refused_total{call="prog_load"} 6',
		'sonde_guard_let_pass_total{asked="yes"} 8',
	]) {
		assert.ok(text.split('\n').includes(line), `${line} in ${text}`);
	}
	assert.ok(!text.includes('reason="missed"'), 'unknown is not zero');
});

test('the latency is a histogram with cumulative buckets', async () => {
	const from = sources();
	for (const seconds of [0.0005, 0.004, 0.004, 100]) from.streams.latency.observe(seconds);
	const text = await createMetrics(from).text();
	const name = 'sonde_delivery_latency_seconds';
	for (const line of [
		`# TYPE ${name} histogram`,
		`${name}_bucket{le="0.001"} 1`,
		`${name}_bucket{le="0.005"} 3`,
		`${name}_bucket{le="60"} 3`,
		`${name}_bucket{le="+Inf"} 4`,
		`${name}_count 4`,
		`${name}_sum 100.0085`,
	]) {
		assert.ok(text.split('\n').includes(line), `${line} in ${text}`);
	}
});

test('they are served on loopback, and nothing else is', async (t) => {
	const server = await serveMetrics(createMetrics(sources()), 0);
	t.after(() => server.close());
	const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
	assert.equal(response.status, 200);
	assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
	assert.match(await response.text(), /^sonde_traces 3$/m);
	assert.equal((await fetch(`http://127.0.0.1:${server.port}/`)).status, 404);
	await assert.rejects(serveMetrics(createMetrics(sources()), server.port), {
		message: /taken; .* --metrics-port PORT$/,
	});
});
