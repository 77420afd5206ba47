import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import { Code, connect, decodeEnvelope, type SondeClient, tokenFromFile } from './index.js';

/** Type of the record that a TLS connection begins with. */
const TLS_HANDSHAKE = 0x16;
const TRACE = { probes: [{ probe: 'file.open' }] };

function temporaryDirectory(context: TestContext): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-test-'));
	context.after(() => rmSync(directory, { recursive: true }));
	return directory;
}

async function setUp(context: TestContext, options?: FakeNodeOptions): Promise<[SondeClient, FakeNode]> {
	const directory = temporaryDirectory(context);
	const node = await startFakeNode(directory, options);
	const client = connect({ address: node.address, identity: node.identity });
	context.after(() => {
		client.close();
		node.close();
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
	assert.throws(() => connect({ address: 'localhost:1' }), {
		name: 'IdentityError',
		message: 'no identity for the node at localhost:1: only unix sockets need none',
	});
	assert.throws(() => connect({ address: 'unix:sonde.sock' }), { name: 'RangeError' });
	assert.throws(() => connect({ address: 'localhost:1', identity: { ...identity, key: 'no PEM' } }), {
		name: 'IdentityError',
		message: /^the identity is not valid: /,
	});
	assert.throws(() => connect({ address: 'localhost:1', identity: { ...identity, key: server.key } }), {
		name: 'IdentityError',
		message: /^the identity is not valid: /,
	});
});

test('connect refuses a directory that has a certificate or a key alone', async (context) => {
	const [, node] = await setUp(context);
	for (const [there, missing] of [
		['cert.pem', 'key.pem'],
		['key.pem', 'cert.pem'],
	] as const) {
		const identity = join(temporaryDirectory(context), there);
		mkdirSync(identity);
		for (const name of ['ca.pem', there]) copyFileSync(join(node.identity, name), join(identity, name));
		assert.throws(() => connect({ address: node.address, identity }), {
			name: 'IdentityError',
			message: `cannot read ${join(identity, missing)}: no such file or directory`,
		});
	}
});

test('connect with ca.pem alone verifies the node, and has no certificate', async (context) => {
	const [, node] = await setUp(context, { needsCertificate: false });
	const identity = temporaryDirectory(context);
	copyFileSync(join(node.identity, 'ca.pem'), join(identity, 'ca.pem'));
	const { client: foreign } = await createTestIdentities();
	for (const own of [identity, { ca: readFileSync(join(identity, 'ca.pem')) }]) {
		const client = connect({ address: node.address, identity: own });
		context.after(() => client.close());
		assert.equal((await client.getNode()).node?.nodeId, 'fake');
	}
	const client = connect({ address: node.address, identity: { ca: foreign.ca } });
	context.after(() => client.close());
	await assert.rejects(client.getNode(), { code: Code.UNAVAILABLE });
	assert.deepEqual(node.authorizations, [undefined, undefined]);
});

test('connect reaches a node by its unix socket, for calls and streams, with no identity', async (context) => {
	const unixSocket = join(temporaryDirectory(context), 'node.sock');
	await setUp(context, { unixSocket, messages: [{ eventCount: 1 }] });
	const client = connect({ address: `unix:${unixSocket}` });
	context.after(() => client.close());
	assert.equal(client.address, `unix:${unixSocket}`);
	assert.equal((await client.getNode()).node?.nodeId, 'fake');
	for await (const { eventCount } of client.streamEvents({ traceId: FAKE_TRACE_ID, maxEvents: 1n })) {
		assert.equal(eventCount, 1);
	}
});

test('connect says that there is no such socket, or nobody behind it', async (context) => {
	const directory = temporaryDirectory(context);
	const address = `unix:${join(directory, 'none.sock')}`;
	const client = connect({ address });
	context.after(() => client.close());
	await assert.rejects(client.getNode(), {
		code: Code.UNAVAILABLE,
		message: `cannot reach a node at ${address}: there is no such socket; check that "sonde serve --unix" runs there, with this path`,
	});
	const file = `unix:${join(directory, 'file')}`;
	writeFileSync(join(directory, 'file'), '');
	const other = connect({ address: file });
	context.after(() => other.close());
	await assert.rejects(other.getNode(), {
		code: Code.UNAVAILABLE,
		message: `cannot reach a node at ${file}: connection refused; check that "sonde serve" runs there and listens on this address`,
	});
});

test('a token goes with each call, over TLS and unix sockets, and a function is asked for each', async (context) => {
	const unixSocket = join(temporaryDirectory(context), 'node.sock');
	const [, node] = await setUp(context, {
		unixSocket,
		needsCertificate: false,
		messages: [{ eventCount: 1 }],
	});
	const identity = { ca: readFileSync(join(node.identity, 'ca.pem')) };
	let asked = 0;
	for (const address of [node.address, `unix:${unixSocket}`]) {
		for (const token of ['fixed', async () => `renewed-${++asked}`]) {
			const client = connect({ address, identity, token });
			context.after(() => client.close());
			await client.getNode();
			const streamed = client.streamEvents({ traceId: FAKE_TRACE_ID, maxEvents: 1n });
			for await (const _ of streamed);
		}
	}
	const expected = ['fixed', 'fixed', 'renewed-1', 'renewed-2', 'fixed', 'fixed', 'renewed-3', 'renewed-4'];
	assert.deepEqual(
		node.authorizations,
		expected.map((token) => `Bearer ${token}`),
	);
});

test('a token of a file is read again for each call', async (context) => {
	const [, node] = await setUp(context);
	const file = join(temporaryDirectory(context), 'token');
	const client = connect({ address: node.address, identity: node.identity, token: tokenFromFile(file) });
	context.after(() => client.close());
	const lacking = `cannot get a token: cannot read ${file}: no such file or directory`;
	await assert.rejects(client.getNode(), {
		name: 'SondeError',
		code: Code.UNAUTHENTICATED,
		message: lacking,
	});
	writeFileSync(file, 'first\n');
	await client.getNode();
	writeFileSync(file, ' second');
	await client.getNode();
	writeFileSync(file, '\n');
	await assert.rejects(client.getNode(), { message: 'cannot get a token: the token is empty' });
	assert.deepEqual(node.authorizations, ['Bearer first', 'Bearer second']);
});

test('a token that cannot be one is refused, and not told', async (context) => {
	const [, node] = await setUp(context);
	const { address, identity } = node;
	const SECRET = 'do-not-tell';
	for (const token of [
		`${SECRET}\n`,
		`${SECRET} ${SECRET}`,
		`${SECRET}\r\nx: y`,
		`=${SECRET}`,
		`é${SECRET}`,
	]) {
		const isSafe = (error: unknown) => {
			assert.ok(error instanceof Error);
			assert.match(error.message, /the token is none: it must consist of letters, /);
			for (const text of [error.message, error.stack, String(error)]) assert.ok(!text?.includes(SECRET));
			return true;
		};
		assert.throws(() => connect({ address, identity, token }), isSafe);
		const client = connect({ address, identity, token: () => token });
		context.after(() => client.close());
		await assert.rejects(client.getNode(), isSafe);
		await assert.rejects(async () => {
			for await (const _ of client.streamEvents({ traceId: FAKE_TRACE_ID }));
		}, isSafe);
	}
	assert.throws(() => connect({ address, identity, token: 'x'.repeat(16_385) }), {
		name: 'IdentityError',
		message: 'the token has 16385 bytes, must have at most 16384',
	});
	const long = connect({ address, identity, token: 'x'.repeat(16_384) });
	context.after(() => long.close());
	await long.getNode();
	assert.deepEqual(node.authorizations, [`Bearer ${'x'.repeat(16_384)}`]);
});

test('waiting for a token obeys signal and timeout', async (context) => {
	const [, node] = await setUp(context);
	const never = () => new Promise<string>(() => undefined);
	const client = connect({ address: node.address, identity: node.identity, token: never });
	context.after(() => client.close());
	await assert.rejects(client.getNode({}, { timeoutMs: 20 }), {
		code: Code.DEADLINE_EXCEEDED,
		message: 'there was no token within 20 ms',
	});
	const reason = new Error('enough');
	await assert.rejects(client.getNode({}, { signal: AbortSignal.abort(reason) }), reason);
	const controller = new AbortController();
	const call = client.getNode({}, { signal: controller.signal });
	const stream = assert.rejects(async () => {
		for await (const _ of client.streamEvents({ traceId: FAKE_TRACE_ID }, { signal: controller.signal }));
	}, reason);
	controller.abort(reason);
	await assert.rejects(call, reason);
	await stream;
	assert.deepEqual(node.authorizations, []);
});

test('a token is not said to who listens without TLS', async (context) => {
	const heard: Buffer[] = [];
	const sockets: Socket[] = [];
	const server = createServer((socket) => {
		sockets.push(socket);
		// As a node without TLS would begin: the settings of HTTP/2.
		socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
		socket.on('data', (data) => heard.push(data)).on('error', () => undefined);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	context.after(() => {
		server.close();
		for (const socket of sockets) socket.destroy();
	});
	const bound = server.address();
	assert.ok(bound !== null && typeof bound === 'object');
	const { client: identity } = await createTestIdentities();
	const client = connect({ address: `127.0.0.1:${bound.port}`, identity, token: 'do-not-tell' });
	context.after(() => client.close());
	await assert.rejects(client.getNode(), { code: Code.UNAVAILABLE });
	const bytes = Buffer.concat(heard);
	assert.equal(bytes[0], TLS_HANDSHAKE);
	assert.ok(!bytes.includes('do-not-tell') && !bytes.includes('Bearer'));
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
