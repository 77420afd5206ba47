import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { type AddressInfo, createServer, connect as netConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { Client, credentials, Server, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { createHealth } from '../../api/health.js';
import { callerOf } from '../caller.js';
import { issueCertificate } from '../certificates/certificates.js';
import type { KeyPair } from '../certificates/key-pair.js';
import { openIdentities } from '../certificates/pki.js';
import { checkHealth, HEALTH_CHECK } from './test-calls.js';
import { startTestNode, type TestNode, type TestNodeOptions } from './test-node.js';
import { ListenError } from './tls-listener.js';

const HOUR_MS = 3_600_000;

function startNode(t: TestContext, options: TestNodeOptions = {}): Promise<TestNode> {
	return startTestNode(t, { addServices: (server) => createHealth().addTo(server), ...options });
}

/** An identity that expired an hour ago. Issued by the node's own authority. */
function issueExpired({ stateDir, identities }: TestNode): Promise<KeyPair> {
	const authority = { cert: identities.ca, key: readFileSync(join(stateDir, 'ca.key'), 'utf8') };
	return issueCertificate(authority, {
		commonName: 'late',
		subjectAltNames: [],
		usage: 'client',
		notBefore: new Date(Date.now() - 2 * HOUR_MS),
		notAfter: new Date('2024-01-02T03:04:05Z'),
	});
}

test('a call without a certificate is refused, with a line for the connection and one for the call', async (t) => {
	const node = await startNode(t);
	const message = 'no client certificate; connect with an identity that this node has issued';
	assert.deepEqual(await checkHealth(t, node), [status.UNAUTHENTICATED, message]);
	const { reason, cause } = await node.logged('connection without a valid identity');
	assert.deepEqual([reason, cause], ['CERTIFICATE_MISSING', message]);
	const { method, peer } = await node.logged('call refused');
	assert.equal(method, HEALTH_CHECK);
	assert.match(String(peer), /^127\.0\.0\.1:\d+$/);
});

test('a call with the certificate of a foreign authority is refused', async (t) => {
	const node = await startNode(t);
	const foreign = await startNode(t);
	const [code, details] = await checkHealth(t, node, foreign.admin);
	assert.equal(code, status.UNAUTHENTICATED);
	assert.equal(
		details,
		'the client certificate of "CN=admin" is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE); ' +
			'use an identity that this node has issued',
	);
});

test('a call with an expired certificate is refused', async (t) => {
	const node = await startNode(t);
	assert.deepEqual(await checkHealth(t, node, await issueExpired(node)), [
		status.UNAUTHENTICATED,
		'the client certificate expired on 2024-01-02T03:04:05.000Z; use a renewed one',
	]);
});

test('a certificate that was issued for a server is none for a client', async (t) => {
	const node = await startNode(t);
	assert.deepEqual(await checkHealth(t, node, node.identities.server), [
		status.UNAUTHENTICATED,
		'the client certificate of "CN=sonde node" is not trusted (INVALID_PURPOSE); ' +
			'use an identity that this node has issued',
	]);
});

test('a call with a good certificate reaches its handler', async (t) => {
	const node = await startNode(t);
	// Field 1, SERVING.
	assert.deepEqual(await checkHealth(t, node, node.admin), [status.OK, 0x08, 1]);
	assert.deepEqual(node.lines, []);
});

test('callerOf names the caller, with the roles that allow the call', async (t) => {
	const found: string[] = [];
	const bytes = (message: Buffer) => message;
	const node: TestNode = await startTestNode(t, {
		addServices: (server) =>
			server.register<Buffer, Buffer>(
				HEALTH_CHECK,
				(call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => {
					const { identity, roles } = callerOf(call);
					found.push(identity.name, ...roles.map(({ name }) => name));
					callback(null, Buffer.alloc(0));
				},
				bytes,
				bytes,
				'unary',
			),
	});
	assert.deepEqual(await checkHealth(t, node, node.admin), [status.OK]);
	assert.deepEqual(found, [`spiffe://sonde/${node.identities.nodeId}/admin`, 'admin']);
});

test('another protocol on the port is closed and logged', async (t) => {
	const node = await startNode(t);
	const socket = netConnect(node.port, '127.0.0.1');
	socket.on('error', () => undefined);
	socket.resume().write('GET / HTTP/1.1\r\n\r\n');
	await once(socket, 'close');
	const { cause, peer } = await node.logged('connection refused: no TLS handshake');
	assert.equal(cause, 'the caller speaks no TLS');
	assert.match(String(peer), /^127\.0\.0\.1:\d+$/);
	assert.deepEqual((await checkHealth(t, node, node.admin))[0], status.OK);
});

test('a TLS connection that agrees on no HTTP/2 is closed and logged', async (t) => {
	const node = await startNode(t);
	const socket = tlsConnect({ port: node.port, host: '127.0.0.1', ca: node.identities.ca });
	socket.on('error', () => undefined);
	await once(socket.resume(), 'close');
	assert.equal((await node.logged('connection refused')).cause, 'the caller offers no HTTP/2 (ALPN h2)');
});

test('a connection that says nothing is closed', async (t) => {
	const node = await startNode(t, { handshakeTimeoutMs: 50 });
	const silent = netConnect(node.port, '127.0.0.1');
	silent.on('error', () => undefined);
	await once(silent.resume(), 'close');
	assert.equal(
		(await node.logged('connection refused: no TLS handshake')).cause,
		'the handshake took too long',
	);

	const socket = tlsConnect({
		port: node.port,
		host: '127.0.0.1',
		ALPNProtocols: ['h2'],
		ca: node.identities.ca,
		...node.admin,
	});
	socket.on('error', () => undefined);
	await once(socket.resume(), 'close');
	assert.equal((await node.logged('connection refused')).cause, 'the caller speaks no HTTP/2');
});

test('a connection that speaks HTTP/2 outlives the time for the handshake', async (t) => {
	const node = await startNode(t, { handshakeTimeoutMs: 50 });
	const { port } = node;
	const channel = credentials.createSsl(
		Buffer.from(node.identities.ca),
		Buffer.from(node.admin.key),
		Buffer.from(node.admin.cert),
	);
	const client = new Client(`127.0.0.1:${port}`, channel);
	t.after(() => client.close());
	await new Promise<void>((resolve, reject) => {
		client.waitForReady(Date.now() + 5_000, (error) => (error ? reject(error) : resolve()));
	});
	await new Promise((resolve) => setTimeout(resolve, 150));
	assert.deepEqual(node.lines, []);
});

test('a connection without a valid identity does not keep its place', async (t) => {
	const node = await startNode(t, { refusedLifetimeMs: 50 });
	const socket = tlsConnect({
		port: node.port,
		host: '127.0.0.1',
		ALPNProtocols: ['h2'],
		ca: node.identities.ca,
	});
	socket.on('error', () => undefined);
	await once(socket.resume(), 'close');
	assert.equal((await node.logged('connection without a valid identity')).reason, 'CERTIFICATE_MISSING');
});

test('a connection on which nothing comes any more is ended, one that goes on talking is not', async (t) => {
	const node = await startNode(t, { silenceMs: 1_000 });
	const session = connectHttp2(`https://127.0.0.1:${node.port}`, {
		...{ ca: node.identities.ca, ...node.admin, checkServerIdentity: () => undefined },
	});
	t.after(() => session.destroy());
	const closed = once(session, 'close');
	for (let i = 0; i < 10; i++) {
		await new Promise((resolve) => setTimeout(resolve, 50));
		await new Promise((resolve) => session.ping(resolve));
	}
	assert.equal(session.destroyed, false);
	await closed;
	await node.logged('connection ended: nothing comes from the caller any more');
});

test('a connection too many is closed and logged', async (t) => {
	const node = await startNode(t, { maxConnections: 1 });
	const first = netConnect(node.port, '127.0.0.1');
	t.after(() => first.destroy());
	await once(first, 'connect');
	const second = netConnect(node.port, '127.0.0.1');
	second.on('error', () => undefined);
	await once(second.resume(), 'close');
	assert.equal((await node.logged('connection refused: too many connections')).limit, 1);
});

test('a second connection from the same port does not get the identity of the first', async (t) => {
	const node = await startNode(t, { host: '0.0.0.0' });
	const probe = createServer().listen(0, '127.0.0.1');
	await once(probe, 'listening');
	const { port: localPort } = probe.address() as AddressInfo;
	await new Promise((resolve) => probe.close(resolve));
	// The kernel lets one port be used twice when the other end differs.
	const connectTo = (host: string, identity: Partial<KeyPair>) =>
		tlsConnect({
			socket: netConnect({ host, port: node.port, localAddress: '127.0.0.1', localPort }),
			ALPNProtocols: ['h2'],
			ca: node.identities.ca,
			checkServerIdentity: () => undefined,
			...identity,
		});
	const first = connectTo('127.0.0.1', node.admin);
	t.after(() => first.destroy());
	await once(first.resume(), 'data');
	const second = connectTo('127.0.0.2', {});
	second.on('error', () => undefined);
	await once(second.resume(), 'close');
	assert.equal(
		(await node.logged('connection refused')).cause,
		'the address of the caller is in use or gone',
	);
	assert.equal(node.listener.identityOf(`127.0.0.1:${localPort}`)?.kind, 'accepted');
});

test('a resumed session without a certificate is refused too', async (t) => {
	const node = await startNode(t);
	const options = { port: node.port, host: '127.0.0.1', ALPNProtocols: ['h2'], ca: node.identities.ca };
	const first = tlsConnect(options);
	t.after(() => first.destroy());
	const [session] = await once(first.resume(), 'session');
	const second = tlsConnect({ ...options, session });
	t.after(() => second.destroy());
	await once(second.resume(), 'data');
	assert.equal(second.isSessionReused(), false);
	assert.equal(node.listener.identityOf(`127.0.0.1:${second.localPort}`)?.kind, 'refused');
});

test('an identity is forgotten when its connection closes', async (t) => {
	const node = await startNode(t);
	const socket = tlsConnect({
		port: node.port,
		host: '127.0.0.1',
		ALPNProtocols: ['h2'],
		ca: node.identities.ca,
		...node.admin,
	});
	await once(socket.resume(), 'data');
	const peer = `127.0.0.1:${socket.localPort}`;
	assert.equal(node.listener.identityOf(peer)?.kind, 'accepted');
	socket.end();
	while (node.listener.identityOf(peer) !== undefined) await new Promise((resolve) => setImmediate(resolve));
});

test('listen says why it cannot', async (t) => {
	const taken = createServer().listen(0, '127.0.0.1');
	await once(taken, 'listening');
	t.after(() => taken.close());
	const { port } = taken.address() as AddressInfo;
	const { listener } = await startNode(t);
	await listener.close();
	const listen = (host: string, at: number) => listener.listen({ server: new Server(), host, port: at });
	await assert.rejects(
		listen('127.0.0.1', port),
		new ListenError(
			`port ${port} on 127.0.0.1 is taken; stop what listens there or choose another with --listen HOST:PORT`,
		),
	);
	await assert.rejects(
		listen('192.0.2.1', 0),
		new ListenError('this host has no address 192.0.2.1; choose one of its own with --listen HOST:PORT'),
	);
});

test('two nodes do not trust each other', async (t) => {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-other-'));
	t.after(() => rmSync(directory, { recursive: true }));
	const { ca } = await openIdentities(directory);
	const node = await startNode(t);
	const [code] = await checkHealth(t, { ...node, identities: { ...node.identities, ca } }, node.admin);
	assert.equal(code, status.UNAVAILABLE);
});
