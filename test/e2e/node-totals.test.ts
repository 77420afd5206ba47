import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Code } from '../../clients/typescript/index.js';
import { readAll } from './collect.js';
import { failure } from './failure.js';
import { startNode, temporaryDirectory } from './node.js';
import { openThreads } from './opens.js';
import { FILE_OPEN } from './requests.js';

test('a configured node keeps to its limits, and GetNode and /metrics tell the same of all traces', async (t) => {
	const config = join(temporaryDirectory(t), 'sonde.yaml');
	writeFileSync(config, 'limits: {traces: 2, subscribers: 1}\nlease: {default: 5s, max: 20s}\n');
	const node = await startNode(t, '--config', config, '--metrics-port', '0');
	const [, metricsPort] = await node.process.untilStderr(/"metrics":(\d+)/);
	const { client } = node;
	const opener = await openThreads(t, { threads: 1, count: 5_000 });

	const first = await client.startTrace(FILE_OPEN);
	const traceId = first.trace?.traceId ?? '';
	assert.equal(first.trace?.lease?.seconds, 5n);
	await client.startTrace({ ...FILE_OPEN, lease: { seconds: 20n } });
	const tooMany = await failure(client.startTrace(FILE_OPEN));
	assert.equal(tooMany.code, Code.RESOURCE_EXHAUSTED);
	assert.equal(tooMany.message, 'this node may have 2 traces: 2 are in use, 1 more were asked for');
	const tooLong = await failure(client.startTrace({ ...FILE_OPEN, lease: { seconds: 21n } }));
	assert.equal(tooLong.message, 'lease is 21 s, must be 1 s to 20 s');

	await opener.run();
	const reading = client.streamEvents({ traceId })[Symbol.asyncIterator]();
	await reading.next();
	const tooManyStreams = await failure(readAll(client, traceId));
	assert.equal(tooManyStreams.reason, 'TOO_MANY_STREAMS');
	await reading.return?.();
	for await (const trace of client.listTraces()) await client.stopTrace({ traceId: trace.traceId });

	const { node: facts } = await client.getNode();
	const load = facts?.load;
	assert.equal(facts?.limits?.maxTraces, 2);
	assert.equal(facts.limits.maxLease?.seconds, 20n);
	assert.equal(load?.traces, 0);
	assert.equal(load.tracesStarted, 2n);
	assert.equal(load.ringBytes, 0n);
	assert.equal(load.mapBytes, 0n);
	assert.equal(load.reservedRetentionBytes, 0n);
	assert.ok((load.events?.encoded ?? 0n) >= 10_000n);
	assert.ok(load.sentEvents > 0n && load.sentBytes > 0n && load.runTimeNs > 0n && load.readerCpuNs > 0n);

	const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
	const metric = (name: string) =>
		text
			.split('\n')
			.find((line) => line.startsWith(`${name} `))
			?.slice(name.length + 1);
	assert.equal(metric('sonde_traces'), '0');
	assert.equal(metric('sonde_traces_ended_total{reason="stopped"}'), '2');
	assert.equal(metric('sonde_events_total{stage="fired"}'), String(load.events?.fired));
	assert.equal(metric('sonde_events_total{stage="encoded"}'), String(load.events?.encoded));
	assert.equal(metric('sonde_events_total{stage="sent"}'), String(load.sentEvents));
	assert.equal(metric('sonde_limit{resource="traces"}'), '2');
	assert.ok(Number(metric('sonde_delivery_latency_seconds_count')) > 0);
});
