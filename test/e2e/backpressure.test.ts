import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backpressure, type SondeClient, type StreamEventsResponse } from '../../clients/typescript/index.js';
import { endedOf, pathsOf, readAll, violations } from './collect.js';
import { SKIP_IF_EMULATED } from './emulated.js';
import { failure } from './failure.js';
import { sharedNode } from './node.js';
import { openThreads, threadPaths } from './opens.js';
import { openRawReader } from './raw-reader.js';
import { FILE_OPEN, NO_LIMITS } from './requests.js';
import { followSequence, lostIn } from './sequence.js';

const MIB = 1024 * 1024;
/** About 110 bytes each. */
const OPENS = 60_000;
/** What HTTP/2 and TCP hold beside the node: windows, socket buffers, and 16 messages of grpc-js. */
const IN_TRANSIT_BYTES = 8 * MIB;

async function start(client: SondeClient, limits: object, more: object = {}): Promise<string> {
	const { trace } = await client.startTrace({ ...FILE_OPEN, limits: { ...NO_LIMITS, ...limits }, ...more });
	return trace?.traceId ?? '';
}

/** A stream that ended: its gaps add up with its own accounting. */
function checkEnd(messages: readonly StreamEventsResponse[]): { evicted: bigint } {
	const gaps = followSequence(messages);
	const { accounting } = endedOf(messages);
	assert.ok(accounting?.subscription !== undefined);
	assert.deepEqual(violations(accounting, true), []);
	assert.equal(lostIn(gaps), accounting.subscription.evicted);
	return accounting.subscription;
}

test('a reader that stops reading loses the oldest events; another one of the same trace loses none', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const node = await sharedNode();
	const { client } = node;
	const opener = await openThreads(t, { threads: 1, count: 4 * OPENS });
	const traceId = await start(client, { ringBytes: 32 * MIB, retentionBytes: 8 * MIB });
	const stalled = openRawReader(t, node, { traceId });
	const other = openRawReader(t, node, { traceId });
	const reading = other.readAll();
	while ((await client.getTrace({ traceId })).trace?.subscribers !== 2) await sleep(10);
	await opener.run();
	const { trace } = await client.stopTrace({ traceId });
	for (const { beforeStart, sent, evicted, pending } of trace?.subscriptions ?? [])
		assert.equal(beforeStart + sent + evicted + pending, trace?.accounting?.total?.encoded);
	assert.equal(trace?.subscriptions.length, 2);
	assert.ok((trace?.cost?.retainedBytes ?? 0n) <= 8 * MIB + 131_072);

	const all = await reading;
	assert.deepEqual(checkEnd(all).evicted, 0n);
	assert.deepEqual(pathsOf(all, opener.pid), threadPaths(1, 4 * OPENS));
	const late = await stalled.readAll();
	assert.ok(checkEnd(late).evicted > 0n);
	const got = late.reduce((sum, { events }) => sum + events.length, 0);
	assert.ok(got * 110 <= 8 * MIB + IN_TRANSIT_BYTES, `${got} events`);
	// What it has got of the end is whole.
	assert.ok(pathsOf(late, opener.pid).includes(`/sonde/0/${4 * OPENS - 1}`));
});

test('with DROP_NEWEST a reader that stops reading keeps the oldest events', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const node = await sharedNode();
	const { client } = node;
	const opener = await openThreads(t, { threads: 1, count: OPENS });
	const traceId = await start(client, { ringBytes: 16 * MIB, retentionBytes: 2 * MIB });
	const bufferBytes = MIB;
	const stalled = openRawReader(t, node, {
		...{ traceId, bufferBytes },
		backpressure: Backpressure.DROP_NEWEST,
	});
	while ((await client.getTrace({ traceId })).trace?.subscribers !== 1) await sleep(10);
	const { node: before } = await client.getNode();
	await opener.run();
	await client.stopTrace({ traceId });
	const messages = await stalled.readAll();
	const { evicted } = checkEnd(messages);
	assert.ok(evicted > 0n);
	// The first events come without a gap until the buffer was full.
	const gapAt = messages.findIndex(({ records }) => records.some(({ kind }) => kind.case === 'gap'));
	assert.ok(gapAt > 0);
	const early = messages.slice(0, gapAt);
	assert.ok(pathsOf(early, opener.pid).includes('/sonde/0/0'));
	const bytes = early.reduce((sum, { events }) => sum + events.length * 100, 0);
	assert.ok(bytes >= bufferBytes - 131_072, `some ${bytes} bytes`);
	assert.equal(before?.load?.reservedRetentionBytes, BigInt(2 * MIB + bufferBytes));
	const { node: after } = await client.getNode();
	assert.equal(after?.load?.reservedRetentionBytes, 0n);
});

test('a trace that pauses loses nothing to its slowest reader, and another trace does not notice', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const node = await sharedNode();
	const { client } = node;
	const limits = { ringBytes: 16 * MIB, retentionBytes: 2 * MIB };
	const opener = await openThreads(t, { threads: 1, count: OPENS });
	const paused = await start(client, limits, { backpressure: Backpressure.PAUSE });
	const free = await start(client, { ringBytes: 16 * MIB });
	const stalled = openRawReader(t, node, { traceId: paused });
	const reading = openRawReader(t, node, { traceId: free }).readAll();
	while ((await client.getTrace({ traceId: paused })).trace?.subscribers !== 1) await sleep(10);
	await opener.run();
	await client.stopTrace({ traceId: free });
	assert.deepEqual(pathsOf(await reading, opener.pid), threadPaths(1, OPENS));

	const { trace } = await client.getTrace({ traceId: paused });
	assert.ok((trace?.accounting?.total?.paused ?? 0n) > 0n);
	assert.ok((trace?.cost?.retainedBytes ?? 0n) <= 2 * MIB + 16 * MIB + 16 * MIB);
	// When it reads again, events come again.
	const messages: StreamEventsResponse[] = [];
	const going = stalled.readAll().then((all) => messages.push(...all));
	const later = await openThreads(t, { threads: 1, count: 1_000 });
	await sleep(500);
	await later.run();
	await client.stopTrace({ traceId: paused });
	await going;
	assert.equal(checkEnd(messages).evicted, 0n);
	assert.deepEqual(pathsOf(messages, later.pid), threadPaths(1, 1_000));
	const { total } = endedOf(messages).accounting ?? {};
	assert.equal(total?.fired, (total?.paused ?? 0n) + (total?.encoded ?? 0n), 'nothing was lost otherwise');
});

test('a trace that pauses waits for its first reader, and for one that comes back', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 2 * OPENS });
	const traceId = await start(
		client,
		{ ringBytes: 16 * MIB, retentionBytes: 8 * MIB },
		{ backpressure: Backpressure.PAUSE },
	);
	await opener.run();
	const messages: StreamEventsResponse[] = [];
	for await (const message of client.streamEvents({ traceId })) {
		messages.push(message);
		if (messages.length === 3) break;
	}
	await sleep(100);
	const cursor = messages.at(-1)?.cursor ?? Buffer.alloc(0);
	await client.stopTrace({ traceId });
	for await (const message of client.streamEvents({ traceId, start: { case: 'cursor', value: cursor } }))
		messages.push(message);
	assert.deepEqual(followSequence(messages), []);
	assert.ok(pathsOf(messages, opener.pid).includes('/sonde/0/0'));
	assert.ok((endedOf(messages).accounting?.total?.paused ?? 0n) > 0n);
});

test('what is for a trace is refused for a stream', { skip: SKIP_IF_EMULATED }, async () => {
	const { client } = await sharedNode();
	const traceId = await start(client, {}, { backpressure: Backpressure.PAUSE });
	for (const [request, field] of [
		[{ backpressure: Backpressure.PAUSE }, 'backpressure'],
		[{ backpressure: Backpressure.DROP_NEWEST }, 'backpressure'],
		[{ bufferBytes: 100_000 }, 'buffer_bytes'],
		[{ costInterval: { nanos: 1 } }, 'cost_interval'],
	] as const) {
		const error = await failure(readFirst(client, { traceId, ...request }));
		assert.deepEqual(
			error.violations.map((violation) => violation.field),
			[field],
		);
	}
	await client.stopTrace({ traceId });
	const messages = await readAll(client, traceId);
	assert.deepEqual(followSequence(messages), []);
});

async function readFirst(client: SondeClient, request: Parameters<SondeClient['streamEvents']>[0]) {
	for await (const _ of client.streamEvents(request)) return;
}
