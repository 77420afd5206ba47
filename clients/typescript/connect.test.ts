import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	FAKE_TRACE_ID,
	FakeFailure,
	type FakeNode,
	type FakeNodeOptions,
	startFakeNode,
} from '../testing/fake-node.js';
import { createTestIdentities } from '../testing/test-identities.js';
import { Code, connect, decodeEnvelope, type SondeClient } from './index.js';

const TRACE = { probes: [{ probe: 'file.open' }] };

async function setUp(context: TestContext, options?: FakeNodeOptions): Promise<[SondeClient, FakeNode]> {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-test-'));
	const node = await startFakeNode(directory, options);
	const client = connect({ address: node.address, identity: node.identity });
	context.after(() => {
		client.close();
		node.close();
		rmSync(directory, { recursive: true });
	});
	return [client, node];
}

test('connect refuses an address or identity that is none', async () => {
	const { client: identity, server } = await createTestIdentities();
	assert.throws(() => connect({ address: 'nowhere', identity }), { name: 'RangeError' });
	assert.throws(() => connect({ address: 'localhost:1', identity: '/nonexistent' }), {
		name: 'IdentityError',
		message: 'cannot read /nonexistent/ca.pem: no such file or directory',
	});
	assert.throws(() => connect({ address: 'localhost:1', identity: { ...identity, key: 'no PEM' } }), {
		name: 'IdentityError',
		message: /^the identity is not valid: /,
	});
	assert.throws(() => connect({ address: 'localhost:1', identity: { ...identity, key: server.key } }), {
		name: 'IdentityError',
		message: /^the identity is not valid: /,
	});
});

test('connect says that nobody listens', async () => {
	const { client: identity } = await createTestIdentities();
	const address = await freeAddress();
	const client = connect({ address, identity });
	await assert.rejects(client.getNode(), {
		name: 'SondeError',
		code: Code.UNAVAILABLE,
		message: `cannot reach a node at ${address}: connection refused; check that "sonde serve" runs there and listens on this address`,
	});
	client.close();
});

test('connect verifies the node by the authority of the identity', async (context) => {
	const [, node] = await setUp(context);
	const { client: identity } = await createTestIdentities();
	const client = connect({ address: node.address, identity });
	await assert.rejects(client.getNode(), {
		code: Code.UNAVAILABLE,
		message: `cannot reach a node at ${node.address}: its certificate is not signed by the identity's ca.pem; check that the identity belongs to this node`,
	});
	client.close();
});

test('connect verifies the name or IP address of the node, and warns of nothing', async (context) => {
	const warnings: Error[] = [];
	const collect = (warning: Error) => warnings.push(warning);
	process.on('warning', collect);
	context.after(() => process.off('warning', collect));
	const [byIp, node] = await setUp(context);
	assert.equal((await byIp.getNode()).node?.nodeId, 'fake');

	const port = node.address.split(':')[1];
	const byName = connect({ address: `localhost:${port}`, identity: node.identity });
	assert.equal((await byName.getNode()).node?.nodeId, 'fake');
	byName.close();

	const wrong = connect({ address: `127.0.0.2:${port}`, identity: node.identity });
	await assert.rejects(wrong.getNode(), { code: Code.UNAVAILABLE });
	wrong.close();
	assert.deepEqual(warnings, []);
});

test('calls fail with code and message of the node', async (context) => {
	const [client] = await setUp(context);
	await assert.rejects(client.stopTrace({ traceId: 'x' }), {
		name: 'SondeError',
		code: Code.NOT_FOUND,
		message: 'there is no trace "x"',
	});
	await assert.rejects(client.checkFilter({ filter: 'true' }), { code: Code.UNIMPLEMENTED });
});

test('calls obey signal and timeout', async (context) => {
	// Takes connections and never says a word.
	const sockets: Socket[] = [];
	const silent = createServer((socket) => sockets.push(socket));
	await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
	context.after(() => {
		silent.close();
		for (const socket of sockets) socket.destroy();
	});
	const { client: identity } = await createTestIdentities();
	const bound = silent.address();
	assert.ok(bound !== null && typeof bound === 'object');
	const address = `127.0.0.1:${bound.port}`;
	const client = connect({ address, identity });
	context.after(() => client.close());
	await assert.rejects(client.getNode({}, { timeoutMs: 20 }), {
		code: Code.DEADLINE_EXCEEDED,
		message: `the node at ${address} did not answer in time`,
	});
	const reason = new Error('enough');
	await assert.rejects(client.getNode({}, { signal: AbortSignal.abort(reason) }), reason);
	const controller = new AbortController();
	const call = client.getNode({}, { signal: controller.signal });
	controller.abort(reason);
	await assert.rejects(call, reason);
});

test('listTraces and listProbes turn pages', async (context) => {
	const [client] = await setUp(context, {
		traces: [{ traceId: 'a' }, { traceId: 'b' }, { traceId: 'c' }],
		probes: [{ id: 'file.open' }, { id: 'tcp.connect' }],
	});
	const traces = [];
	for await (const { traceId } of client.listTraces()) traces.push(traceId);
	assert.deepEqual(traces, ['a', 'b', 'c']);
	const probes = [];
	for await (const { id } of client.listProbes({ pageSize: 1 })) probes.push(id);
	assert.deepEqual(probes, ['file.open', 'tcp.connect']);
});

test('streamRaw gives the bytes that streamEvents decodes', async (context) => {
	const messages = [{ eventCount: 2, events: [{ cpu: 1 }, { cpu: 2 }] }];
	const [client] = await setUp(context, { messages });
	const cpus = [];
	for await (const { events } of client.streamEvents({ traceId: FAKE_TRACE_ID, maxEvents: 2n })) {
		for (const { cpu } of events) cpus.push(cpu);
	}
	assert.deepEqual(cpus, [1, 2]);
	for await (const bytes of client.streamRaw({ traceId: FAKE_TRACE_ID, maxEvents: 2n })) {
		assert.equal(decodeEnvelope(bytes).eventCount, 2);
	}
});

test('streamEvents makes the node wait for a slow reader and then gets everything', async (context) => {
	const count = 400;
	const cursor = new Uint8Array(256 * 1024);
	const messages = Array.from({ length: count }, (_, index) => ({
		firstSequence: BigInt(index),
		eventCount: 1,
		cursor,
	}));
	const [client, node] = await setUp(context, { messages });
	let received = 0;
	for await (const { firstSequence } of client.streamEvents({
		traceId: FAKE_TRACE_ID,
		maxEvents: BigInt(count),
	})) {
		assert.equal(firstSequence, BigInt(received));
		received++;
		if (received > 1) continue;
		let before = -1;
		while (node.written() !== before) {
			before = node.written();
			await sleep(300);
		}
		// 8 MiB window (32 messages), 16 buffered here, 16 there, and what the sockets hold.
		assert.ok(before < count / 2, `the node wrote ${before} of ${count} messages that nobody read`);
	}
	assert.equal(received, count);
});

test('streamEvents throws what breaks the stream, after the messages before it', async (context) => {
	const [client] = await setUp(context, {
		messages: [{ eventCount: 1 }, { eventCount: 2 }],
		streamFailure: new FakeFailure(Code.DATA_LOSS, 'broken'),
	});
	const counts: number[] = [];
	await assert.rejects(
		async () => {
			for await (const { eventCount } of client.streamEvents({ traceId: FAKE_TRACE_ID }))
				counts.push(eventCount);
		},
		{ code: Code.DATA_LOSS, message: 'broken' },
	);
	assert.deepEqual(counts, [1, 2]);
});

test('streamEvents throws the reason of its signal', async (context) => {
	const [client] = await setUp(context, { messages: [{}, {}] });
	const controller = new AbortController();
	const reason = new Error('enough');
	await assert.rejects(async () => {
		for await (const _ of client.streamEvents({ traceId: FAKE_TRACE_ID }, { signal: controller.signal })) {
			controller.abort(reason);
		}
	}, reason);
});

test('trace stops the trace when the loop is left', async (context) => {
	const [client, node] = await setUp(context, { messages: [{}, {}] });
	for await (const _ of client.trace(TRACE)) break;
	assert.deepEqual(node.stops, [FAKE_TRACE_ID]);
	assert.equal(node.starts[0]?.probes[0]?.probe, 'file.open');
});

test('trace stops the trace when the loop throws', async (context) => {
	const [client, node] = await setUp(context, { messages: [{}] });
	await assert.rejects(async () => {
		for await (const _ of client.trace(TRACE)) throw new Error('mine');
	}, /^Error: mine$/);
	assert.deepEqual(node.stops, [FAKE_TRACE_ID]);
});

test('trace stops the trace when it is aborted', async (context) => {
	const [client, node] = await setUp(context, { messages: [{}] });
	const controller = new AbortController();
	const reason = new Error('enough');
	await assert.rejects(async () => {
		for await (const _ of client.trace(TRACE, { signal: controller.signal })) controller.abort(reason);
	}, reason);
	assert.deepEqual(node.stops, [FAKE_TRACE_ID]);
});

test('trace stops the trace when the stream breaks, and throws what broke it', async (context) => {
	const [client, node] = await setUp(context, {
		streamFailure: new FakeFailure(Code.DATA_LOSS, 'broken'),
		stopFailure: new FakeFailure(Code.INTERNAL, 'not stopped'),
	});
	await assert.rejects(
		async () => {
			for await (const _ of client.trace(TRACE));
		},
		{ message: 'broken' },
	);
	assert.deepEqual(node.stops, [FAKE_TRACE_ID]);
});

test('trace says that the trace could not be stopped', async (context) => {
	const [client] = await setUp(context, {
		messages: [{}],
		stopFailure: new FakeFailure(Code.INTERNAL, 'not stopped'),
	});
	await assert.rejects(
		async () => {
			for await (const _ of client.trace(TRACE)) break;
		},
		{ message: 'not stopped' },
	);
});

test('trace ends with the trace and does not stop it again', async (context) => {
	const [client, node] = await setUp(context, { messages: [{}] });
	const kinds = [];
	for await (const { records } of client.trace(TRACE)) {
		kinds.push(records[0]?.kind.case);
		if (kinds.length === 1) await client.stopTrace({ traceId: FAKE_TRACE_ID });
	}
	assert.deepEqual(kinds, [undefined, 'ended']);
	assert.equal(node.stops.length, 1);
});

/** An address where nobody listens. */
async function freeAddress(): Promise<string> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const bound = server.address();
	await new Promise((resolve) => server.close(resolve));
	assert.ok(bound !== null && typeof bound === 'object');
	return `127.0.0.1:${bound.port}`;
}
