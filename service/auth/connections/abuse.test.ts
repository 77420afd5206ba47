// Limits on callers, over the wire.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { connect as netConnect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Client, credentials, Metadata, type Server, status } from '@grpc/grpc-js';
import { createHealth } from '../../api/health.js';
import { testIdentity } from '../test-caller.js';
import { startTestNode, type TestNode, type TestNodeOptions } from './test-node.js';

const HEALTH_CHECK = '/grpc.health.v1.Health/Check';

function startNode(t: TestContext, options: TestNodeOptions = {}): Promise<TestNode> {
	return startTestNode(t, { addServices: (server: Server) => createHealth().addTo(server), ...options });
}

function clientOf(t: TestContext, { port, identities, admin }: TestNode, isKnown = true): Client {
	const [key, cert] = isKnown ? [Buffer.from(admin.key), Buffer.from(admin.cert)] : [null, null];
	const client = new Client(
		`127.0.0.1:${port}`,
		credentials.createSsl(Buffer.from(identities.ca), key, cert),
		{ 'grpc.use_local_subchannel_pool': 1 },
	);
	t.after(() => client.close());
	return client;
}

/** The status of a health check, whose message has these many bytes. */
function check(client: Client, bytes = 0): Promise<readonly [code: status, details: string]> {
	const asIs = (message: Buffer) => message;
	return new Promise((resolve) => {
		client.makeUnaryRequest(HEALTH_CHECK, asIs, asIs, Buffer.alloc(bytes), new Metadata(), (error) => {
			resolve(error ? [error.code, error.details] : [status.OK, '']);
		});
	});
}

function session(t: TestContext, { port, identities, admin }: TestNode): ClientHttp2Session {
	const client = connectHttp2(`https://127.0.0.1:${port}`, {
		...{ ca: identities.ca, cert: admin.cert, key: admin.key, ALPNProtocols: ['h2'] },
		maxOutstandingPings: 10_000,
	});
	client.on('error', () => undefined);
	t.after(() => client.destroy());
	return client;
}

test('requests beyond the rate of a principal are RESOURCE_EXHAUSTED, and are answered again later', async (t) => {
	const node = await startNode(t, { requestsPerSecond: 5 });
	const client = clientOf(t, node);
	const answers = await Promise.all(Array.from({ length: 40 }, () => check(client)));
	const refused = answers.filter(([code]) => code === status.RESOURCE_EXHAUSTED);
	// A burst of two seconds, and what came back meanwhile.
	assert.ok(refused.length > 0 && refused.length <= 30, String(refused.length));
	assert.match(refused[0]?.[1] ?? '', /one caller may make 5 requests a second/);
	assert.equal(node.refusals.counts.request_rate, refused.length);
	for (;;) {
		const [code] = await check(client);
		if (code === status.OK) break;
	}
});

test('failed logins of an address are answered later and later, others are not', async (t) => {
	const node = await startNode(t);
	const stranger = clientOf(t, node, false);
	const known = clientOf(t, node);
	assert.equal((await check(known))[0], status.OK);
	for (let i = 0; i < 5; i++) assert.equal((await check(stranger))[0], status.UNAUTHENTICATED);
	// The last of them are answered after ten seconds, or at once that they are too many.
	const many = Promise.all(Array.from({ length: 60 }, async () => status[(await check(stranger))[0]]));
	assert.equal(await Promise.race([many, check(known).then(([code]) => status[code])]), 'OK');
	const answers = await many;
	const counts = (name: string) => answers.filter((answer) => answer === name).length;
	const [late, tooMany] = [counts('UNAUTHENTICATED'), counts('RESOURCE_EXHAUSTED')];
	assert.ok(late >= 32 && tooMany > 0 && late + tooMany === 60, `${late} and ${tooMany}`);
	assert.equal(node.refusals.counts.login, 65);
});

test('a request that is too long is RESOURCE_EXHAUSTED', async (t) => {
	const node = await startNode(t);
	const [code, details] = await check(clientOf(t, node), 5 * 1024 * 1024);
	assert.equal(code, status.RESOURCE_EXHAUSTED);
	assert.match(details, /larger than max/);
	assert.equal(node.refusals.counts.message_size, 1);
});

test('headers that are too long end their call, and no other', async (t) => {
	const node = await startNode(t);
	const client = session(t, node);
	const request = (padding: number) =>
		new Promise<string>((resolve) => {
			const stream = client.request({
				...{ ':method': 'POST', ':path': HEALTH_CHECK, 'content-type': 'application/grpc', te: 'trailers' },
				'x-padding': 'x'.repeat(padding),
			});
			stream.on('response', (headers) => resolve(String(headers['grpc-status'] ?? headers[':status'])));
			stream.on('error', (error) => resolve(error.message));
			stream.on('close', () => resolve('closed'));
			stream.end(Buffer.from([0, 0, 0, 0, 0]));
		});
	assert.equal(await request(1_000), '200');
	assert.notEqual(await request(100_000), '200');
	assert.equal((await check(clientOf(t, node)))[0], status.OK);
});

test('a connection that pings and does nothing else is told to be calm, and ended', async (t) => {
	const node = await startNode(t);
	const client = session(t, node);
	await once(client, 'connect');
	const goaway = once(client, 'goaway');
	for (let i = 0; i < 150; i++) client.ping(Buffer.alloc(8), () => undefined);
	const [code] = await goaway;
	assert.equal(code, 0xb, 'ENHANCE_YOUR_CALM');
	await node.logged('connection ended: too many pings');
	assert.equal(node.refusals.counts.ping_flood, 1);
	assert.equal((await check(clientOf(t, node)))[0], status.OK);
});

test('pings of a connection that is used are left alone', async (t) => {
	const node = await startNode(t);
	const client = session(t, node);
	await once(client, 'connect');
	let closed = false;
	client.on('close', () => {
		closed = true;
	});
	for (let i = 0; i < 120; i++) {
		const stream = client.request({
			...{ ':method': 'POST', ':path': HEALTH_CHECK, 'content-type': 'application/grpc', te: 'trailers' },
		});
		stream.end(Buffer.from([0, 0, 0, 0, 0]));
		stream.resume();
		await once(stream, 'close');
		await new Promise((resolve) => client.ping(resolve));
	}
	assert.equal(closed, false);
	assert.equal(node.refusals.counts.ping_flood, 0);
});

test('one address gets so many connections, and gets others when it has closed some', async (t) => {
	const node = await startNode(t, { maxConnectionsPerAddress: 3 });
	const sockets = Array.from({ length: 3 }, () => netConnect(node.port, '127.0.0.1'));
	await Promise.all(sockets.map((socket) => once(socket, 'connect')));
	const fourth = netConnect(node.port, '127.0.0.1');
	await once(fourth, 'close');
	assert.equal(node.refusals.counts.connections_per_address, 1);
	for (const socket of sockets) socket.destroy();
	for (;;) {
		const [code] = await check(clientOf(t, node));
		if (code === status.OK) break;
	}
});

test('a handshake that is too slow is counted', async (t) => {
	const node = await startNode(t, { handshakeTimeoutMs: 100 });
	const socket = netConnect(node.port, '127.0.0.1');
	await once(socket, 'close');
	assert.equal(node.refusals.counts.handshake, 1);
});

test('calls beyond those of one connection wait for the others', async (t) => {
	const node = await startNode(t);
	const client = clientOf(t, node);
	const answers = await Promise.all(Array.from({ length: 700 }, () => check(client)));
	assert.deepEqual([...new Set(answers.map(([code]) => code))], [status.OK]);
});

test('a call whose request does not come ends', async (t) => {
	const node = await startNode(t);
	const client = session(t, node);
	const stream = client.request({
		...{ ':method': 'POST', ':path': HEALTH_CHECK, 'content-type': 'application/grpc', te: 'trailers' },
	});
	const [headers] = await once(stream, 'response');
	assert.equal(headers['grpc-status'], String(status.DEADLINE_EXCEEDED));
});

test('who may no longer call is refused although the call had begun before', async (t) => {
	let allowed = true;
	const node = await startNode(t, { isAllowed: () => allowed });
	const client = session(t, node);
	const call = () =>
		client.request({
			...{ ':method': 'POST', ':path': HEALTH_CHECK, 'content-type': 'application/grpc', te: 'trailers' },
		});
	const answerTo = async (stream: ReturnType<typeof call>) => {
		stream.resume();
		const trailers = new Promise<string>((resolve) => {
			stream.on('trailers', (headers) => resolve(String(headers['grpc-status'])));
			stream.on('response', (headers) => {
				if (headers['grpc-status'] !== undefined) resolve(String(headers['grpc-status']));
			});
		});
		stream.end(Buffer.from([0, 0, 0, 0, 0]));
		return Number(await trailers);
	};
	const [early, late] = [call(), call()];
	await new Promise((resolve) => client.ping(resolve));
	assert.equal(await answerTo(early), status.OK);
	allowed = false;
	assert.equal(await answerTo(late), status.PERMISSION_DENIED);
});

test('names that nobody serves can be watched, and are not remembered', async (t) => {
	const node = await startNode(t);
	const client = clientOf(t, node);
	const asIs = (message: Buffer) => message;
	// Field 1 of the request, the name.
	const stream = client.makeServerStreamRequest(
		'/grpc.health.v1.Health/Watch',
		asIs,
		asIs,
		Buffer.from([0x0a, 1, 0x78]),
	);
	stream.on('error', () => undefined);
	const [answer] = await once(stream, 'data');
	// Field 1, SERVICE_UNKNOWN.
	assert.deepEqual([...answer], [0x08, 3]);
	stream.cancel();
});

test('a stream of any service ends when its caller may no longer make the call', async (t) => {
	let allowed = true;
	const node = await startNode(t, { isAllowed: () => allowed });
	const asIs = (message: Buffer) => message;
	const stream = clientOf(t, node).makeServerStreamRequest(
		'/grpc.health.v1.Health/Watch',
		asIs,
		asIs,
		Buffer.alloc(0),
	);
	await once(stream, 'data');
	const ended = once(stream, 'error');
	await node.openCalls.recheck();
	allowed = false;
	await node.openCalls.recheck();
	const [error] = await ended;
	assert.equal(error.code, status.PERMISSION_DENIED);
});

test('calls that end while it is found out who calls are not counted for good', async (t) => {
	const waiting: (() => void)[] = [];
	const node = await startNode(t, {
		async verifyToken() {
			await new Promise<void>((resolve) => waiting.push(resolve));
			return testIdentity('x509:CN=a');
		},
	});
	const client = session(t, node);
	const call = () => {
		const stream = client.request({
			...{ ':method': 'POST', ':path': HEALTH_CHECK, 'content-type': 'application/grpc', te: 'trailers' },
			authorization: 'Bearer a',
		});
		stream.on('error', () => undefined);
		return stream;
	};
	const ping = () => new Promise((resolve) => client.ping(resolve));
	// More than one caller may have at the same time, all rounds together.
	for (let round = 0; round < 6; round++) {
		const streams = Array.from({ length: 100 }, call);
		while (waiting.length < 100) await new Promise((resolve) => setImmediate(resolve));
		for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
		await ping();
		for (const resolve of waiting.splice(0)) resolve();
		await ping();
	}
	const last = call();
	last.end(Buffer.from([0, 0, 0, 0, 0]));
	const response = once(last, 'response');
	const release = setInterval(() => {
		for (const resolve of waiting.splice(0)) resolve();
	}, 5);
	const [headers] = await response;
	clearInterval(release);
	assert.equal(headers['grpc-status'], undefined, 'it is answered, with a message');
});
