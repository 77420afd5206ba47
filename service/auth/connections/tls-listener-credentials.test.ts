import assert from 'node:assert/strict';
import { webcrypto, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import { type ClientReadableStream, type ServerWritableStream, status } from '@grpc/grpc-js';
import * as x509 from '@peculiar/x509';
import { createHealth } from '../../api/health.js';
import {
	createAuthority,
	importPrivateKey,
	issueCertificate,
	SIGNATURE,
} from '../certificates/certificates.js';
import type { Credentials } from '../certificates/credentials.js';
import type { KeyPair } from '../certificates/key-pair.js';
import { createRevocationList } from '../certificates/revocation-list.js';
import { readRevocations } from '../certificates/revocations.js';
import { checkHealth, connectTo, healthBy } from './test-calls.js';
import { startTestNode, type TestNode, type TestNodeOptions } from './test-node.js';

const HOUR_MS = 3_600_000;
const COUNT = '/test.Numbers/Count';

const bytes = (message: Buffer) => message;
const serialOf = ({ cert }: KeyPair) => new X509Certificate(cert).serialNumber;

/** A node that also counts for its callers: 0, 1, 2, as fast as they read. */
function startNode(t: TestContext, options: TestNodeOptions = {}): Promise<TestNode> {
	return startTestNode(t, {
		addServices(server) {
			createHealth().addTo(server);
			server.register<Buffer, Buffer>(COUNT, count, bytes, bytes, 'serverStream');
		},
		...options,
	});
}

function count(call: ServerWritableStream<Buffer, Buffer>): void {
	let next = 0;
	const write = () => {
		while (!call.cancelled) {
			const message = Buffer.alloc(4_096);
			message.writeUInt32LE(next++);
			if (!call.write(message)) return;
		}
	};
	call.on('drain', write);
	write();
}

function authorityOf({ stateDir, identities }: TestNode): KeyPair {
	return { cert: identities.ca, key: readFileSync(join(stateDir, 'ca.key'), 'utf8') };
}

interface Wanted {
	readonly uri?: string;
	readonly usage?: 'client' | 'server';
	readonly notAfter?: Date;
}

function issue(
	authority: KeyPair,
	commonName: string,
	{ uri, usage = 'client', notAfter }: Wanted = {},
): Promise<KeyPair> {
	return issueCertificate(authority, {
		commonName,
		subjectAltNames: uri ? [{ type: 'url', value: uri }] : [{ type: 'ip', value: '127.0.0.1' }],
		usage,
		notBefore: new Date(Date.now() - HOUR_MS),
		notAfter: notAfter ?? new Date(Date.now() + HOUR_MS),
	});
}

/** The credentials of a node, with these certificates revoked. */
async function revoking(node: TestNode, ...revoked: readonly KeyPair[]): Promise<Credentials> {
	const authority = authorityOf(node);
	const now = new Date();
	const list = revoked.map((pair) => ({ serial: serialOf(pair), at: now }));
	const pem = await createRevocationList(authority, list, 1n, now);
	return credentialsOf(node, { revocations: await readRevocations(pem, authority.cert, now) });
}

function credentialsOf({ identities }: TestNode, other: Partial<Credentials> = {}): Credentials {
	return { ...identities.server, ca: identities.ca, ...other };
}

/** What a new connection sees of the node. */
async function handshake({ port, identities }: TestNode, { cert, key }: KeyPair) {
	const socket = tlsConnect({
		...{ port, host: '127.0.0.1', ca: identities.ca, cert, key },
		ALPNProtocols: ['h2'],
	});
	await once(socket, 'secureConnect');
	const { serialNumber } = socket.getPeerX509Certificate() ?? {};
	const seen = { serial: serialNumber, protocol: socket.alpnProtocol };
	socket.destroy();
	return seen;
}

/** Reads numbers and checks that none is missing. */
async function readNumbers(stream: ClientReadableStream<Buffer>, from: number, to: number): Promise<void> {
	for (let number = from; number < to; ) {
		const message: Buffer | null = stream.read();
		if (message === null) await once(stream, 'readable');
		else assert.equal(message.readUInt32LE(), number++);
	}
}

test('credentials that cannot be used change nothing', async (t) => {
	const node = await startNode(t);
	const { cert, key } = node.identities.server;
	const authority = authorityOf(node);
	const late = await issue(authority, 'late', {
		usage: 'server',
		notAfter: new Date('2026-01-02T03:04:05Z'),
	});
	const cases: [Partial<Credentials>, RegExp][] = [
		[{ cert: 'garbage' }, /^the certificate cannot be read: /],
		[{ cert: cert.replace(/^.{64}$/m, '') }, /^the certificate cannot be read: /],
		[{ key: 'garbage' }, /^the key cannot be read: /],
		[{ key: node.admin.key }, /^the key is not that of the certificate$/],
		[late, /^the certificate expired on 2026-01-02T03:04:05.000Z$/],
		[{ ca: '' }, /^the file of authorities holds no certificate in PEM$/],
		[{ ca: key }, /^the file of authorities holds no certificate in PEM$/],
		[
			{ ca: `${node.identities.ca}${cert}` },
			/^the certificate of "CN=sonde node" is not that of an authority$/,
		],
	];
	const client = connectTo(t, node, node.admin);
	assert.deepEqual(await healthBy(client), [status.OK, 0x08, 1]);
	let changes = 0;
	node.listener.onChange(() => changes++);
	for (const [other, message] of cases) {
		assert.throws(() => node.listener.replaceCredentials(credentialsOf(node, other)), { message });
		const seen = await handshake(node, node.admin);
		assert.equal(seen.serial, serialOf(node.identities.server));
		assert.deepEqual(await healthBy(client), [status.OK, 0x08, 1]);
	}
	assert.equal(changes, 0);
});

test('a stream goes on while certificates are replaced, and new connections see the new ones', async (t) => {
	const node = await startNode(t);
	const authority = authorityOf(node);
	const client = connectTo(t, node, node.admin);
	const stream = client.makeServerStreamRequest(COUNT, bytes, bytes, Buffer.alloc(0));
	const cancelled = once(stream, 'error');
	await readNumbers(stream, 0, 100);
	for (let round = 1; round <= 10; round++) {
		const server = await issue(authority, `node ${round}`, { usage: 'server' });
		node.listener.replaceCredentials(credentialsOf(node, server));
		const [seen] = await Promise.all([
			handshake(node, node.admin),
			readNumbers(stream, round * 100, round * 100 + 100),
		]);
		assert.deepEqual(seen, { serial: serialOf(server), protocol: 'h2' });
		assert.deepEqual(await checkHealth(t, node, node.admin), [status.OK, 0x08, 1]);
		const [code] = await checkHealth(t, node);
		assert.equal(code, status.UNAUTHENTICATED, 'certificates of callers are asked for');
	}
	stream.cancel();
	assert.equal((await cancelled)[0].code, status.CANCELLED);
});

test('a revoked caller loses its identity at once and the connection soon after; others keep theirs', async (t) => {
	const node = await startNode(t, { refusedLifetimeMs: 50 });
	const mallory = await issue(authorityOf(node), 'mallory');
	const [theirs, ours] = [connectTo(t, node, mallory), connectTo(t, node, node.admin)];
	const stream = ours.makeServerStreamRequest(COUNT, bytes, bytes, Buffer.alloc(0));
	stream.on('error', () => undefined);
	const broken = once(theirs.makeServerStreamRequest(COUNT, bytes, bytes, Buffer.alloc(0)).resume(), 'error');
	await readNumbers(stream, 0, 10);
	let changes = 0;
	const forget = node.listener.onChange(() => changes++);

	const credentials = await revoking(node, mallory);
	const at = credentials.revocations?.revokedAt(new X509Certificate(mallory.cert))?.toISOString();
	const serial = serialOf(mallory).toLowerCase();
	const message = `the client certificate ${serial} was revoked on ${at}; use another identity`;
	node.listener.replaceCredentials(credentials);
	assert.equal(changes, 1);
	const line = await node.logged('a connection has lost its identity');
	assert.deepEqual(
		[line.principal, line.reason, line.cause],
		['x509:CN=mallory', 'CERTIFICATE_REVOKED', message],
	);
	const identity = node.listener.identityOf(String(line.peer));
	assert.ok(identity?.kind === 'refused');
	assert.equal(identity.error.code, status.UNAUTHENTICATED);

	assert.deepEqual(await checkHealth(t, node, mallory), [status.UNAUTHENTICATED, message]);
	assert.equal((await broken)[0].code, status.UNAVAILABLE);
	await readNumbers(stream, 10, 1_000);
	assert.deepEqual(await healthBy(ours), [status.OK, 0x08, 1]);

	// The same again changes nothing; what was taken back is not called.
	node.listener.replaceCredentials(credentials);
	assert.equal(changes, 1);
	forget();
	node.listener.replaceCredentials(await revoking(node, mallory, node.admin));
	assert.equal(changes, 1);
	assert.equal((await checkHealth(t, node, node.admin))[0], status.UNAUTHENTICATED);
});

test('a call on the open connection of a revoked caller is told why', async (t) => {
	const node = await startNode(t);
	const mallory = await issue(authorityOf(node), 'mallory');
	const client = connectTo(t, node, mallory);
	assert.deepEqual(await healthBy(client), [status.OK, 0x08, 1]);
	node.listener.replaceCredentials(await revoking(node, mallory));
	const [code, details] = await healthBy(client);
	assert.equal(code, status.UNAUTHENTICATED);
	assert.match(String(details), /^the client certificate [0-9a-f]{32} was revoked on /);
	assert.equal(node.lines.filter(({ msg }) => msg === 'connection without a valid identity').length, 0);
});

test('a certificate that expires takes the identity of its open connection', async (t) => {
	const node = await startNode(t, { refusedLifetimeMs: 50 });
	const short = await issue(authorityOf(node), 'short', { notAfter: new Date(Date.now() + 2_000) });
	const stream = connectTo(t, node, short).makeServerStreamRequest(COUNT, bytes, bytes, Buffer.alloc(0));
	const broken = once(stream, 'error');
	await readNumbers(stream, 0, 10);
	stream.resume();
	const long = connectTo(t, node, node.admin);
	assert.deepEqual(await healthBy(long), [status.OK, 0x08, 1]);
	await new Promise<void>((resolve) => node.listener.onChange(resolve));
	const { reason, principal, cause } = await node.logged('a connection has lost its identity');
	assert.deepEqual([reason, principal], ['CERTIFICATE_EXPIRED', 'x509:CN=short']);
	const end = new Date(new X509Certificate(short.cert).validTo);
	assert.equal(cause, `the client certificate expired on ${end.toISOString()}; use a renewed one`);
	assert.ok(end.getTime() < Date.now());
	assert.equal((await broken)[0].code, status.UNAVAILABLE);
	assert.deepEqual(await healthBy(long), [status.OK, 0x08, 1]);
});

test('a foreign authority names its callers, but not as those of this node', async (t) => {
	const node = await startNode(t);
	const { nodeId, ca } = node.identities;
	const foreign = await createAuthority('foreign', new Date(), new Date(Date.now() + HOUR_MS));
	const own = { nodeId, ca };
	const visitor = await issue(foreign, 'visitor', { uri: 'spiffe://example.org/visitor' });
	const impostor = await issue(foreign, 'impostor', { uri: `spiffe://sonde/${nodeId}/admin` });
	const open = connectTo(t, node, node.admin);
	assert.deepEqual(await healthBy(open), [status.OK, 0x08, 1]);
	let changes = 0;
	node.listener.onChange(() => changes++);

	node.listener.replaceCredentials(credentialsOf(node, { ca: ca + foreign.cert, own }));
	assert.equal(changes, 0);
	for (const caller of [visitor, node.admin]) {
		assert.deepEqual(await checkHealth(t, node, caller), [status.OK, 0x08, 1]);
	}
	assert.deepEqual(await checkHealth(t, node, impostor), [
		status.UNAUTHENTICATED,
		'the client certificate of "CN=impostor" is not trusted (it names an identity of this node, whose authority ' +
			'did not sign it); use an identity that this node has issued',
	]);

	node.listener.replaceCredentials(credentialsOf(node, { ca: foreign.cert, own }));
	assert.equal(changes, 1);
	assert.deepEqual(await healthBy(open), [
		status.UNAUTHENTICATED,
		'the client certificate of "CN=admin" is not trusted (its authority is trusted no more); ' +
			'use an identity that this node has issued',
	]);
	assert.deepEqual(await checkHealth(t, node, visitor), [status.OK, 0x08, 1]);
	assert.equal((await checkHealth(t, node, node.admin))[0], status.UNAUTHENTICATED);
});

/** A root and an authority below it, which createAuthority does not make: the node has none. */
async function createChain(): Promise<{ root: KeyPair; below: KeyPair }> {
	const authority = async (name: string, issuer: KeyPair | undefined): Promise<KeyPair> => {
		const curve = { name: 'ECDSA', namedCurve: 'P-256' };
		const keys = await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
		const certificate = await x509.X509CertificateGenerator.create(
			{
				subject: `CN=${name}`,
				issuer: issuer ? new x509.X509Certificate(issuer.cert).subject : `CN=${name}`,
				serialNumber: issuer ? '0b' : '0a',
				publicKey: keys.publicKey,
				signingKey: issuer ? await importPrivateKey(issuer.key) : keys.privateKey,
				signingAlgorithm: SIGNATURE,
				notBefore: new Date(Date.now() - HOUR_MS),
				notAfter: new Date(Date.now() + HOUR_MS),
				extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
			},
			webcrypto,
		);
		const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
		return {
			cert: `${certificate.toString('pem')}\n`,
			key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
		};
	};
	const root = await authority('root', undefined);
	return { root, below: await authority('below', root) };
}

test('whose authority was revoked by the one above it is refused', async (t) => {
	const node = await startNode(t);
	const { root, below } = await createChain();
	const caller = await issue(below, 'caller');
	const withChain = { cert: caller.cert + below.cert, key: caller.key };
	node.listener.replaceCredentials(credentialsOf(node, { ca: root.cert }));
	const open = connectTo(t, node, withChain);
	assert.deepEqual(await healthBy(open), [status.OK, 0x08, 1]);
	const pem = await createRevocationList(root, [{ serial: 'b', at: new Date(0) }], 1n, new Date());
	const revocations = await readRevocations(pem, root.cert, new Date());
	node.listener.replaceCredentials(credentialsOf(node, { ca: root.cert, revocations }));
	const refusal = [
		status.UNAUTHENTICATED,
		'the authority of the client certificate 0b was revoked on 1970-01-01T00:00:00.000Z; use another identity',
	];
	assert.deepEqual(await healthBy(open), refusal);
	assert.deepEqual(await checkHealth(t, node, withChain), refusal);
});
