import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	EndReason,
	type SondeClient,
	StartPosition,
	type StreamEventsResponse,
	TraceState,
} from '../../clients/typescript/index.js';
import { startCliTrace } from './cli-trace.js';
import { pathsOf, readAll, stopAndRead, violations } from './collect.js';
import { loadedPrograms, sharedNode, untilUnloaded } from './node.js';
import { openThreads, threadPaths } from './opens.js';
import { FILE_OPEN, NO_LIMITS } from './requests.js';

test('two traces at once do not mix, and stopping one leaves the other', async (t) => {
	const { client } = await sharedNode();
	const first = await openThreads(t, { threads: 1, count: 1_000 });
	const second = await openThreads(t, { threads: 1, count: 500 });
	const one = (await client.startTrace(FILE_OPEN)).trace?.traceId ?? '';
	const two =
		(await client.startTrace({ ...FILE_OPEN, probes: [{ probe: 'file.open' }, { probe: 'file.open' }] }))
			.trace?.traceId ?? '';
	await first.run();
	const ofOne = await stopAndRead(client, one);
	await second.run();
	const ofTwo = await stopAndRead(client, two);

	assert.notEqual(one, two);
	assert.ok(ofOne.every(({ origin }) => origin?.traceId === one));
	assert.ok(ofTwo.every(({ origin }) => origin?.traceId === two));
	assert.deepEqual(pathsOf(ofOne, first.pid), threadPaths(1, 1_000));
	assert.deepEqual(pathsOf(ofOne, second.pid), []);
	// The second trace has the probe twice: every open once for each.
	for (const [opener, count] of [
		[first, 1_000],
		[second, 500],
	] as const) {
		for (const probeIndex of [0, 1]) {
			const messages = ofTwo.map((message) => ({
				...message,
				events: message.events.filter((event) => event.probeIndex === probeIndex),
			}));
			assert.deepEqual(pathsOf(messages, opener.pid), threadPaths(1, count));
		}
	}
	const last = ofTwo.at(-1)?.accounting;
	assert.ok(last !== undefined);
	assert.equal(last.probes.length, 2);
	assert.deepEqual(violations(last, true), []);
});

test('what happens between StartTrace and the first reader is not missed', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 3_000 });
	const traceId = (await client.startTrace(FILE_OPEN)).trace?.traceId ?? '';
	await opener.run();
	await sleep(200);
	const messages: StreamEventsResponse[] = [];
	for await (const message of client.streamEvents({ traceId })) {
		messages.push(message);
		if (pathsOf(messages, opener.pid).length >= 3_000) break;
	}
	assert.equal(messages[0]?.firstSequence, 1n);
	assert.deepEqual(pathsOf(messages, opener.pid), threadPaths(1, 3_000));
});

test('a reader goes on where it stopped: by cursor, by sequence, in the middle of a batch', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 2_000 });
	const traceId = (await client.startTrace(FILE_OPEN)).trace?.traceId ?? '';
	await opener.run();
	await client.stopTrace({ traceId });

	const messages: StreamEventsResponse[] = [];
	for (let turn = 0; ; turn++) {
		const last = messages.at(-1);
		const after = last === undefined ? 0n : last.firstSequence + BigInt(last.eventCount) - 1n;
		const start =
			turn % 2 === 0 && last !== undefined
				? { case: 'cursor' as const, value: last.cursor }
				: { case: 'afterSequence' as const, value: after };
		for await (const message of client.streamEvents({ traceId, start, maxEvents: 333n })) {
			assert.equal(message.accounting?.subscription?.beforeStart, after);
			messages.push(message);
		}
		if (messages.at(-1)?.records.some(({ kind }) => kind.case === 'ended')) break;
	}
	assert.ok(messages.length > 6);
	assert.deepEqual(pathsOf(messages, opener.pid), threadPaths(1, 2_000));
});

test('a reader that comes late is told which events it will never get', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 40_000 });
	const { trace } = await client.startTrace({
		...FILE_OPEN,
		limits: { ...NO_LIMITS, retentionBytes: 1_048_576 },
	});
	await opener.run();
	const messages = await stopAndRead(client, trace?.traceId ?? '');
	// The oldest retained is not a gap; asking for the first event is.
	assert.ok(messages.every(({ records }) => records.every(({ kind }) => kind.case !== 'gap')));
	const start = { case: 'afterSequence' as const, value: 0n };
	const fromStart: StreamEventsResponse[] = [];
	for await (const message of client.streamEvents({ traceId: trace?.traceId ?? '', start }))
		fromStart.push(message);
	const gap = fromStart[0]?.records[0]?.kind;
	assert.ok(gap?.case === 'gap');
	assert.equal(gap.value.firstSequence, 1n);
	assert.equal(gap.value.lastSequence + 1n, fromStart[0]?.firstSequence);
	const last = fromStart.at(-1)?.accounting;
	assert.ok(last !== undefined);
	assert.deepEqual(violations(last, true), []);
	assert.equal(last.subscription?.evicted, gap.value.lastSequence);
});

test('a stream from now on starts with the next event', async (t) => {
	const { client } = await sharedNode();
	const before = await openThreads(t, { threads: 1, count: 100 });
	const traceId = (await client.startTrace(FILE_OPEN)).trace?.traceId ?? '';
	await before.run();
	await sleep(200);
	const start = { case: 'position' as const, value: StartPosition.LATEST };
	const messages: StreamEventsResponse[] = [];
	for await (const message of client.streamEvents({ traceId, start })) {
		// The first message comes at once and says where the stream stands.
		if (messages.length === 0) await client.stopTrace({ traceId });
		messages.push(message);
	}
	assert.ok((messages[0]?.firstSequence ?? 0n) > 100n);
	assert.deepEqual(pathsOf(messages, before.pid), []);
});

/** The trace when it has ended; a busy machine takes its time. */
async function untilEnded(client: SondeClient, traceId: string) {
	const deadline = Date.now() + 30_000;
	for (;;) {
		const { trace } = await client.getTrace({ traceId });
		if (trace?.state === TraceState.ENDED || Date.now() > deadline) {
			assert.equal(trace?.state, TraceState.ENDED);
			return trace;
		}
		await sleep(50);
	}
}

test('a trace that nobody reads ends with its lease, one that is read does not', async () => {
	const { client } = await sharedNode();
	// Long enough for a slow machine to start the stream in time.
	const lease = { seconds: 3n };
	const read = (await client.startTrace({ ...FILE_OPEN, lease })).trace;
	const reading = readAll(client, read?.traceId ?? '');
	const unread = (await client.startTrace({ ...FILE_OPEN, lease })).trace;
	const programs = unread?.probes.flatMap(({ attachment }) => attachment?.programIds ?? []) ?? [];
	assert.deepEqual(await loadedPrograms(programs), programs);
	const after = await untilEnded(client, unread?.traceId ?? '');
	assert.equal(after?.endReason, EndReason.LEASE_EXPIRED);
	await untilUnloaded(programs);
	// The one that is read is older.
	const { trace: alive } = await client.getTrace({ traceId: read?.traceId ?? '' });
	assert.equal(alive?.state, TraceState.RUNNING);
	assert.equal(alive?.subscribers, 1);
	await client.stopTrace({ traceId: read?.traceId ?? '' });
	const ended = (await reading).at(-1)?.records[0]?.kind;
	assert.ok(ended?.case === 'ended');
	assert.equal(ended.value.reason, EndReason.STOPPED);
});

test('a trace ends when it has run as long as it may', async () => {
	const { client } = await sharedNode();
	const { trace } = await client.startTrace({ ...FILE_OPEN, maxDuration: { seconds: 1n } });
	const messages = await readAll(client, trace?.traceId ?? '');
	const ended = messages.at(-1)?.records[0]?.kind;
	assert.ok(ended?.case === 'ended');
	assert.equal(ended.value.reason, EndReason.DURATION_REACHED);
	assert.ok(ended.value.accounting !== undefined);
	assert.deepEqual(violations(ended.value.accounting, true), []);
});

test('a client that vanishes leaves a node that notices', async () => {
	const node = await sharedNode();
	const { cli, traceId } = await startCliTrace(node, '-o', 'json');
	cli.process.kill('SIGKILL');
	await cli.ended;
	const subscribers = async () => (await node.client.getTrace({ traceId })).trace?.subscribers;
	while ((await subscribers()) !== 0) await sleep(20);
	const { trace } = await node.client.getTrace({ traceId });
	assert.equal(trace?.state, TraceState.RUNNING);
	assert.ok((trace?.leaseExpiresUnixNano ?? 0n) > BigInt(Date.now()) * 1_000_000n);
	const { trace: stopped } = await node.client.stopTrace({ traceId });
	assert.equal(stopped?.endReason, EndReason.STOPPED);
});

test('a stream with nothing to say goes on saying so', async () => {
	const { client } = await sharedNode();
	// One in a million of this machine's opens: in ten seconds, hardly any.
	const probes = [{ probe: 'file.open', sampling: { sampleOneIn: 1_000_000 } }];
	const traceId = (await client.startTrace({ probes })).trace?.traceId ?? '';
	const empty: StreamEventsResponse[] = [];
	let last: StreamEventsResponse | undefined;
	for await (const message of client.streamEvents({ traceId })) {
		last = message;
		if (message.eventCount > 0 || message.records.length > 0) continue;
		empty.push(message);
		if (empty.length === 2) await client.stopTrace({ traceId });
	}
	const [first, heartbeat] = empty;
	assert.ok((heartbeat?.watermarkUnixNano ?? 0n) > (first?.watermarkUnixNano ?? 0n));
	assert.equal(last?.records[0]?.kind.case, 'ended');
});
