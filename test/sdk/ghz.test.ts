import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { startChild } from '../e2e/child.js';
import { startNode, type TestNode, temporaryDirectory } from '../e2e/node.js';
import { builtTool } from './built.js';

const REQUESTS = 2_000;
const CONCURRENT = 50;
const CONNECTIONS = 10;

const { command, skip } = builtTool('ghz');

/** Part of ghz's report. */
const Report = z.object({
	count: z.number(),
	statusCodeDistribution: z.record(z.string(), z.number()),
	errorDistribution: z.record(z.string(), z.number()),
});

const openFiles = (node: TestNode) => readdirSync(`/proc/${node.process.pid}/fd`).length;

/** The node may close a connection a moment after its client has ended. */
async function untilOpenFiles(node: TestNode, limit: number): Promise<void> {
	const deadline = Date.now() + 10_000;
	while (openFiles(node) > limit) {
		if (Date.now() > deadline) throw new Error(`the node has ${openFiles(node)} open files, had ${limit}`);
		await sleep(50);
	}
}

test('ghz hammers the unary calls: every one is answered, and the node is as before', { skip }, async (t) => {
	const config = join(temporaryDirectory(t), 'sonde.yaml');
	// How many one caller may make is tested elsewhere.
	writeFileSync(config, 'limits: {requests_per_second: 1000000}\n');
	const node = await startNode(t, '--config', config);
	const { trace } = await node.client.startTrace({ probes: [{ probe: 'file.open' }] });
	const before = openFiles(node);
	const pem = (name: string) => join(node.identity, `${name}.pem`);
	const fixed = ['--cacert', pem('ca'), '--cert', pem('cert'), '--key', pem('key'), '--format', 'json'];
	const load = ['-n', String(REQUESTS), '-c', String(CONCURRENT), '--connections', String(CONNECTIONS)];
	for (const [method, request] of [
		['sonde.v1.NodeService/GetNode', {}],
		['sonde.v1.NodeService/ListProbes', {}],
		['sonde.v1.TraceService/GetTrace', { trace_id: trace?.traceId }],
		['sonde.v1.TraceService/ListTraces', {}],
	] as const) {
		const call = ['--call', method, '--data', JSON.stringify(request)];
		const { code, stdout, stderr } = await startChild(t, command, [...fixed, ...load, ...call, node.address])
			.ended;
		assert.equal(code, 0, stderr);
		const { count, statusCodeDistribution, errorDistribution } = Report.parse(JSON.parse(stdout));
		assert.deepEqual(
			{ count, ...statusCodeDistribution, ...errorDistribution },
			{ count: REQUESTS, OK: REQUESTS },
		);
	}
	await untilOpenFiles(node, before);
	assert.equal((await node.client.getNode()).node?.load?.traces, 1);
	await node.client.stopTrace({ traceId: trace?.traceId ?? '' });
});
