import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	Code,
	EndReason,
	type SondeClient,
	type StreamEventsResponse,
	TraceState,
} from '../../clients/typescript/index.js';
import { traceIds } from './cli-trace.js';
import { endedOf, pathsOf, readAll, stopAndRead, violations } from './collect.js';
import { failure } from './failure.js';
import { sharedNode } from './node.js';
import { openThreads, threadPaths } from './opens.js';
import { FILE_OPEN, NO_LIMITS } from './requests.js';

const start = async (client: SondeClient, request: Parameters<SondeClient['startTrace']>[0] = FILE_OPEN) => {
	const { trace } = await client.startTrace(request);
	assert.ok(trace !== undefined);
	return trace;
};

const eventsIn = (messages: readonly StreamEventsResponse[]) =>
	messages.reduce((sum, { eventCount }) => sum + eventCount, 0);

test('a trace ends with exactly as many events as it may have, and what was on its way is counted', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 2, count: 20_000 });
	const { traceId } = await start(client, { ...FILE_OPEN, limits: { ...NO_LIMITS, maxEvents: 5_000n } });
	const reading = readAll(client, traceId);
	await opener.run();
	const messages = await reading;
	const ended = endedOf(messages);
	assert.equal(ended.reason, EndReason.EVENT_LIMIT_REACHED);
	assert.equal(eventsIn(messages), 5_000);
	assert.equal(ended.accounting?.total?.encoded, 5_000n);
	assert.ok(ended.accounting !== undefined);
	assert.deepEqual(violations(ended.accounting, true), []);
	// Everything else was seen and not sent: paused, or already in the ring.
	const { fired = 0n, paused = 0n, overLimit = 0n } = ended.accounting.total ?? {};
	assert.equal(fired, paused + overLimit + 5_000n);
});

test('a trace that has ended can be read, and says why it ended and what it did', async () => {
	const { client } = await sharedNode();
	const { traceId } = await start(client);
	const { trace: stopped } = await client.stopTrace({ traceId });
	const { trace } = await client.getTrace({ traceId });
	assert.equal(trace?.state, TraceState.ENDED);
	assert.equal(trace.endReason, EndReason.STOPPED);
	assert.ok(trace.accounting !== undefined);
	assert.deepEqual(violations(trace.accounting, true), []);
	assert.deepEqual(trace.accounting, stopped?.accounting);
	assert.deepEqual(trace.cost, stopped?.cost);
});

test('the same request under the same id gives the same trace, another one is refused', async () => {
	const { client } = await sharedNode();
	const request = { ...FILE_OPEN, requestId: `request-${process.pid}` };
	const [one, two] = await Promise.all([start(client, request), start(client, request)]);
	assert.equal(one.traceId, two.traceId);
	assert.equal(one.requestId, request.requestId);
	const before = await traceIds({ client });
	const error = await failure(client.startTrace({ ...request, lease: { seconds: 5n } }));
	assert.equal(error.code, Code.ALREADY_EXISTS);
	assert.equal(error.reason, 'REQUEST_ID_REUSED');
	assert.deepEqual(await traceIds({ client }), before);
	await client.stopTrace({ traceId: one.traceId });
	assert.equal((await start(client, request)).state, TraceState.ENDED);
});

test('UpdateTrace renews a lease', async () => {
	const { client } = await sharedNode();
	const lease = { seconds: 2n };
	const { traceId } = await start(client, { ...FILE_OPEN, lease });
	const renewed: bigint[] = [];
	for (let i = 0; i < 3; i++) {
		await sleep(1_200);
		const { trace } = await client.updateTrace({ traceId, lease });
		renewed.push(trace?.leaseExpiresUnixNano ?? 0n);
	}
	assert.ok(renewed.every((time, i) => i === 0 || time > (renewed[i - 1] ?? 0n)));
	assert.equal((await client.getTrace({ traceId })).trace?.state, TraceState.RUNNING);
	const ended = endedOf(await stopAndRead(client, traceId));
	assert.equal(ended.reason, EndReason.STOPPED);
});

test('sampling, rate and limits change while a trace runs, and its streams are told', async (t) => {
	const { client } = await sharedNode();
	const first = await openThreads(t, { threads: 1, count: 1_000 });
	const second = await openThreads(t, { threads: 1, count: 20_000 });
	const third = await openThreads(t, { threads: 1, count: 1_000 });
	const { traceId, generation } = await start(client);
	const reading = readAll(client, traceId);
	await first.run();
	const { trace: sampled } = await client.updateTrace({
		...{ traceId, expectedGeneration: generation },
		probes: [{ probeIndex: 0, sampling: { sampleOneIn: 10 } }],
	});
	assert.equal(sampled?.generation, generation + 1n);
	assert.equal(sampled.probes[0]?.spec?.sampling?.sampleOneIn, 10);
	await second.run();
	const stale = await failure(client.updateTrace({ traceId, expectedGeneration: generation }));
	assert.equal(stale.code, Code.ABORTED);
	assert.equal(stale.reason, 'GENERATION_MISMATCH');
	const { trace: restored } = await client.updateTrace({
		traceId,
		probes: [{ probeIndex: 0, sampling: { sampleOneIn: 1 } }],
		limits: { retentionBytes: 2_097_152 },
	});
	assert.equal(restored?.limits?.retentionBytes, 2_097_152);
	assert.equal(restored.limits.eventsPerSecond, 0, 'what is absent stays');
	await third.run();
	await client.stopTrace({ traceId });
	const messages = await reading;
	assert.deepEqual(pathsOf(messages, first.pid), threadPaths(1, 1_000));
	const kept = pathsOf(messages, second.pid).length;
	assert.ok(kept > 1_700 && kept < 2_300, `${kept}`);
	assert.deepEqual(pathsOf(messages, third.pid), threadPaths(1, 1_000));
	const generations = messages.flatMap(({ records }) =>
		records.flatMap(({ kind }) => (kind.case === 'updated' ? kind.value.generation : [])),
	);
	assert.deepEqual(generations, [2n, 3n]);
	const ended = await failure(client.updateTrace({ traceId }));
	assert.equal(ended.code, Code.FAILED_PRECONDITION);
	assert.equal(ended.reason, 'TRACE_ENDED');
});

test('a trace ends when its event limit is lowered to what it has already made', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 1_000 });
	const { traceId } = await start(client);
	const reading = readAll(client, traceId);
	await opener.run();
	while (((await client.getTrace({ traceId })).trace?.accounting?.total?.encoded ?? 0n) < 1_000n)
		await sleep(10);
	await client.updateTrace({ traceId, limits: { maxEvents: 100n } });
	const ended = endedOf(await reading);
	assert.equal(ended.reason, EndReason.EVENT_LIMIT_REACHED);
	assert.ok((ended.accounting?.total?.encoded ?? 0n) >= 1_000n);
});

test('traces that reach their event limit while they are started are counted as started', async () => {
	const { client } = await sharedNode();
	const { node: before } = await client.getNode();
	const traces = 5;
	for (let i = 0; i < traces; i++) {
		const { traceId } = await start(client, {
			...FILE_OPEN,
			limits: { ...NO_LIMITS, maxEvents: 1n },
			batch: { maxEvents: 1, maxDelay: {} },
		});
		await client.stopTrace({ traceId });
	}
	const { node: after } = await client.getNode();
	assert.equal((after?.load?.tracesStarted ?? 0n) - (before?.load?.tracesStarted ?? 0n), BigInt(traces));
});

test('an update that is wrong changes nothing', async () => {
	const { client } = await sharedNode();
	const { traceId } = await start(client);
	const wrong: readonly (readonly [Parameters<SondeClient['updateTrace']>[0], string])[] = [
		[{ limits: { ringBytes: 65_536 } }, 'limits.ring_bytes'],
		[{ limits: { eventsPerSecond: 1, retentionBytes: 5 } }, 'limits.retention_bytes'],
		[{ probes: [{ probeIndex: 1 }] }, 'probes[0].probe_index'],
		[{ lease: { seconds: 100_000n } }, 'lease'],
	];
	for (const [request, field] of wrong) {
		const error = await failure(client.updateTrace({ traceId, ...request }));
		assert.equal(error.code, Code.INVALID_ARGUMENT);
		assert.deepEqual(
			error.violations.map((violation) => violation.field),
			[field],
		);
	}
	const { trace } = await client.stopTrace({ traceId });
	assert.equal(trace?.generation, 1n);
	assert.equal(trace.limits?.eventsPerSecond, 0);
});

test('what is older than its retention age is forgotten', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 1_000 });
	const limits = { ...NO_LIMITS, retentionAge: { seconds: 1n } };
	const { traceId } = await start(client, { ...FILE_OPEN, limits });
	await opener.run();
	await sleep(1_600);
	const messages = await stopAndRead(client, traceId);
	assert.deepEqual(pathsOf(messages, opener.pid), []);
	assert.ok((messages[0]?.firstSequence ?? 0n) > 1_000n);
});

test('a trace of the flight recorder kind is read after something has happened', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 2, count: 2_000 });
	const { traceId } = await start(client);
	await opener.run();
	await sleep(1_000);
	const messages = await stopAndRead(client, traceId);
	assert.deepEqual(pathsOf(messages, opener.pid), threadPaths(2, 2_000));
});

test('limits of the node are named with what is in use', async () => {
	const { client } = await sharedNode();
	const before = await traceIds({ client });
	const error = await failure(
		client
			.startTrace({ ...FILE_OPEN, limits: { ...NO_LIMITS, ringBytes: 268_435_456 } })
			.then(() =>
				client
					.startTrace({ ...FILE_OPEN, limits: { ...NO_LIMITS, ringBytes: 268_435_456 } })
					.then(() => client.startTrace({ ...FILE_OPEN, limits: { ...NO_LIMITS, ringBytes: 268_435_456 } })),
			),
	);
	for (const traceId of (await traceIds({ client })).filter((id) => !before.includes(id)))
		await client.stopTrace({ traceId });
	assert.equal(error.code, Code.RESOURCE_EXHAUSTED);
	assert.equal(error.reason, 'TOO_MUCH_MEMORY');
	assert.match(
		error.message,
		/^one caller may have 536,870,912 bytes of ring buffers: [\d,]+ are in use, 268,435,456 more were asked for$/,
	);
	const { node } = await client.getNode();
	assert.equal(node?.limits?.maxRingBytesPerOwner, 536_870_912n);
});
