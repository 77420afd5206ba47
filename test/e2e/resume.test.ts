import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type StreamEventsResponse } from '../../clients/typescript/index.js';
import { endedOf, pathsOf, violations } from './collect.js';
import { SKIP_IF_EMULATED } from './emulated.js';
import { sharedNode, type TestNode } from './node.js';
import { openThreads, threadPaths } from './opens.js';
import { FILE_OPEN, NO_LIMITS } from './requests.js';
import { followSequence, lostIn } from './sequence.js';

const CONNECTIONS = 100;
const OPENS = 2_000;

/** Reads on from the last message over a new connection, which is cut off after some messages or ends by itself. */
async function readSome(
	{ address, identity }: TestNode,
	traceId: string,
	messages: StreamEventsResponse[],
	most = Number.POSITIVE_INFINITY,
): Promise<void> {
	const cursor = messages.at(-1)?.cursor;
	const start = cursor === undefined ? {} : { start: { case: 'cursor' as const, value: cursor } };
	const client = connect({ address, identity });
	let left = most;
	for await (const message of client.streamEvents({ traceId, ...start })) {
		messages.push(message);
		if (--left === 0) break;
	}
	client.close();
}

/** Makes opens until it is told to stop; gives the processes that made them, all of whose opens are done. */
async function keepOpening(t: TestContext, signal: AbortSignal): Promise<number[]> {
	const pids: number[] = [];
	while (!signal.aborted) {
		const opener = await openThreads(t, { threads: 1, count: OPENS });
		await opener.run();
		pids.push(opener.pid);
	}
	return pids;
}

for (const { name, retentionBytes, isSlow } of [
	{ name: 'sees each event once', retentionBytes: 268_435_456, isSlow: false },
	{ name: 'that is too slow sees each event once or in a gap', retentionBytes: 1_048_576, isSlow: true },
]) {
	test(`a client that connects a hundred times during a load ${name}`, {
		skip: SKIP_IF_EMULATED,
	}, async (t) => {
		const node = await sharedNode();
		const limits = { ...NO_LIMITS, ringBytes: 33_554_432, retentionBytes };
		const { trace } = await node.client.startTrace({ ...FILE_OPEN, limits });
		const traceId = trace?.traceId ?? '';
		const load = new AbortController();
		const opening = keepOpening(t, load.signal);
		const messages: StreamEventsResponse[] = [];
		for (let i = 0; i < CONNECTIONS; i++) {
			await readSome(node, traceId, messages, 1 + (i % 3));
			if (isSlow && i % 20 === 0) await sleep(500);
		}
		load.abort();
		const pids = await opening;
		await node.client.stopTrace({ traceId });
		await readSome(node, traceId, messages);

		const gaps = followSequence(messages);
		const { accounting } = endedOf(messages);
		assert.ok(accounting?.total !== undefined);
		assert.deepEqual(violations(accounting, true), []);
		const received = messages.reduce((sum, { eventCount }) => sum + BigInt(eventCount), 0n);
		assert.equal(received + lostIn(gaps), accounting.total.encoded);
		assert.ok(pids.length > 10, 'there was a load');
		if (isSlow) {
			assert.ok(gaps.length > 0);
			return;
		}
		assert.deepEqual(gaps, []);
		for (const pid of pids) assert.deepEqual(pathsOf(messages, pid), threadPaths(1, OPENS));
	});
}
