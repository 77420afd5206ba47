import assert from 'node:assert/strict';
import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { Code, connect, type SondeClient, SondeError } from '../../clients/typescript/index.js';
import { type Ended, startChild } from './child.js';
import { SKIP_IF_EMULATED } from './emulated.js';
import { SONDE, sharedNode, startNode, type TestNode, temporaryDirectory } from './node.js';

/** Processes that want something of one state directory at once. */
const AT_ONCE = 5;

/** Runs `sonde identity` on a state directory. */
function identity(t: TestContext, state: string, ...args: string[]): Promise<Ended> {
	return startChild(t, SONDE, ['identity', ...args, '--state', state]).ended;
}

/** Issues an identity and gives a client that has it. */
async function issue(t: TestContext, node: TestNode, ...args: string[]): Promise<SondeClient> {
	const { code, stdout, stderr } = await identity(t, stateOf(node), 'issue', ...args);
	assert.deepEqual([code, stderr], [0, '']);
	const [, directory = ''] = stdout.split('\n');
	const client = connect({ address: node.address, identity: directory });
	t.after(() => client.close());
	return client;
}

async function list(t: TestContext, state: string): Promise<Record<string, unknown>[]> {
	const { stdout } = await identity(t, state, 'list', '-o', 'json');
	return JSON.parse(stdout);
}

const stateOf = ({ identity }: TestNode) => dirname(dirname(identity));

/** The reason for which calls of a client are refused, as soon as they are. */
async function refusalOf(client: SondeClient): Promise<string> {
	for (;;) {
		try {
			await client.getNode();
		} catch (error) {
			assert.ok(error instanceof SondeError, String(error));
			assert.equal(error.code, Code.UNAUTHENTICATED);
			return error.reason ?? '';
		}
		await sleep(50);
	}
}

test('identity says what is wrong, by the exit code too', async (t) => {
	const state = temporaryDirectory(t);
	const { code, stdout, stderr } = await identity(t, state, 'list');
	assert.deepEqual(
		[code, stdout, stderr],
		[1, '', `sonde: ${state} is no state directory of a node; give it with --state DIR\n`],
	);
	const valid = await identity(t, state, 'issue', 'x', '--valid', '5y');
	assert.equal(valid.code, 2);
	assert.match(valid.stderr, /Give 1s to 3650d: a whole number and s, m, h or d\./);
	assert.equal((await identity(t, state, 'issue', 'x', '--role', 'root')).code, 2);
	const name = await identity(t, state, 'issue', '../x');
	assert.equal(name.code, 1);
	assert.match(name.stderr, /^sonde: the name "\.\.\/x" must be 1 to 64 letters/);
});

test('what is issued beside a node may call it, until it is revoked, at once', async (t) => {
	const node = await sharedNode();
	const alice = await issue(t, node, 'alice', '--role', 'admin');
	assert.notEqual((await alice.getNode()).node?.nodeId, '');
	const { code, stdout } = await identity(t, stateOf(node), 'revoke', 'alice');
	assert.equal(code, 0);
	const [, serial] = /^revoked ([0-9a-f]{32}) of alice\n$/.exec(stdout) ?? [];
	assert.equal(await refusalOf(alice), 'CERTIFICATE_REVOKED', 'on the open connection');
	const again = connect({ address: node.address, identity: join(stateOf(node), 'identities/alice') });
	t.after(() => again.close());
	assert.equal(await refusalOf(again), 'CERTIFICATE_REVOKED', 'on a new connection');
	await node.process.untilStderr(
		/"reason":"CERTIFICATE_REVOKED".*"msg":"a connection has lost its identity"/,
	);
	const entry = (await list(t, stateOf(node))).find((each) => each.serial === serial);
	assert.deepEqual([entry?.name, entry?.role], ['alice', 'admin']);
	assert.match(String(entry?.revokedAt), /^\d{4}-/);
	assert.notEqual((await node.client.getNode()).node?.nodeId, '', 'the administrator goes on');
});

test('an identity that expires is refused from then on', { skip: SKIP_IF_EMULATED }, async (t) => {
	const node = await sharedNode();
	const short = await issue(t, node, 'short', '--role', 'admin', '--valid', '20s');
	assert.notEqual((await short.getNode()).node?.nodeId, '');
	assert.equal(await refusalOf(short), 'CERTIFICATE_EXPIRED');
});

test('processes at once lose nothing of each other, with no node yet', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const state = join(temporaryDirectory(t), 'state');
	const names = Array.from({ length: AT_ONCE }, (_, index) => `client-${index}`);
	for (const { code, stderr } of await Promise.all(names.map((name) => identity(t, state, 'issue', name)))) {
		assert.deepEqual([code, stderr], [0, '']);
	}
	const revoked = names.slice(1);
	await Promise.all(revoked.map((name) => identity(t, state, 'revoke', name)));
	const clients = (await list(t, state)).filter(({ role }) => role === 'viewer');
	assert.deepEqual(clients.map(({ name }) => name).sort(), names);
	const valid = clients.filter(({ revokedAt }) => revokedAt === null);
	assert.deepEqual(
		valid.map(({ name }) => name),
		['client-0'],
	);
	const table = (await identity(t, state, 'list')).stdout.split('\n');
	assert.match(table[0] ?? '', /^NAME +ROLE +SERIAL +VALID UNTIL +STATUS$/);
	assert.equal(
		table.filter((line) => /^client-\d+ +viewer +[0-9a-f]{32} .*Z +revoked \d/.test(line)).length,
		revoked.length,
	);
});

test('the stream of a revoked caller ends and says why; another goes on without a gap, while certificates are replaced', async (t) => {
	const node = await sharedNode();
	const alice = await issue(t, node, 'reader', '--role', 'operator');
	const load = setInterval(() => readFileSync(config), 1);
	t.after(() => clearInterval(load));
	const config = join(temporaryDirectory(t), 'opened');
	writeFileSync(config, '');
	const [theirs, ours] = await Promise.all([alice, node.client].map(readOpens));
	assert.ok(theirs && ours);
	await Promise.all([theirs.reach(50), ours.reach(50)]);
	await identity(t, stateOf(node), 'revoke', 'reader');
	const end = await theirs.ended;
	assert.ok(end instanceof SondeError, String(end));
	assert.deepEqual([end.code, end.reason], [Code.UNAUTHENTICATED, 'CERTIFICATE_REVOKED']);
	await ours.reach(ours.count() + 50);
	await ours.stop();
	assert.equal(await ours.ended, undefined);
});

/** Traces opens of this process, and reads them; each event has the number behind that of the one before. */
async function readOpens(client: SondeClient) {
	const { trace } = await client.startTrace({
		probes: [{ probe: 'file.open', filter: `process.tgid == ${process.pid}` }],
	});
	const traceId = trace?.traceId ?? '';
	let count = 0;
	async function read(): Promise<unknown> {
		try {
			for await (const { firstSequence, events } of client.streamEvents({ traceId })) {
				if (events.length === 0) continue;
				assert.equal(firstSequence, BigInt(count) + 1n);
				count += events.length;
			}
			return undefined;
		} catch (error) {
			return error;
		}
	}
	const ended = read();
	return {
		ended,
		count: () => count,
		async reach(wanted: number) {
			while (count < wanted) await sleep(10);
		},
		stop: () => client.stopTrace({ traceId }),
	};
}

/** The names in the certificate that a node shows, and its serial number. */
async function certificateOf(node: TestNode): Promise<X509Certificate> {
	const [host, port] = node.address.split(':');
	const ca = readFileSync(join(node.identity, 'ca.pem'));
	const socket = connectTls({ host, port: Number(port), ca, ALPNProtocols: ['h2'] });
	socket.on('error', () => undefined);
	await once(socket, 'secureConnect');
	const certificate = socket.getPeerX509Certificate();
	socket.destroy();
	assert.ok(certificate);
	return certificate;
}

test('a node has the names that it is told, by its command line and its configuration', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const config = join(temporaryDirectory(t), 'node.yaml');
	writeFileSync(config, 'server_names: [config.example, "2001:db8::1"]\n');
	const names = ['--server-name', 'One.Example', '--server-name', '192.0.2.7'];
	const certificate = await certificateOf(await startNode(t, '--config', config, ...names));
	for (const name of ['one.example', 'config.example', 'localhost']) {
		assert.equal(certificate.checkHost(name), name);
	}
	for (const ip of ['192.0.2.7', '2001:db8::1', '127.0.0.1']) assert.equal(certificate.checkIP(ip), ip);

	for (const [args, message] of [
		[
			['--server-name', '*.example'],
			'sonde: the server name "*.example" must be a host name of at most 253 ASCII characters, without wildcards, or an IP address\n',
		],
		[['--server-name', '0.0.0.0'], /^sonde: the server name "0\.0\.0\.0" must be /],
	] as const) {
		const state = temporaryDirectory(t);
		const serve = startChild(t, SONDE, ['serve', '--listen', '127.0.0.1:0', '--state', state, ...args]);
		const { code, stderr } = await serve.ended;
		assert.equal(code, 1);
		if (typeof message === 'string') assert.equal(stderr, message);
		else assert.match(stderr, message);
	}
});

test("a node with an operator's own certificates lets in whom they name", {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	// Another node's authority serves as a company's.
	const company = join(temporaryDirectory(t), 'state');
	await identity(t, company, 'issue', 'visitor');
	const other = await startNode(t);
	const config = join(temporaryDirectory(t), 'node.yaml');
	const server = join(stateOf(other), 'server');
	writeFileSync(
		config,
		`tls:\n  certificate: ${server}/cert.pem\n  key: ${server}/key.pem\n  client_ca: ${company}/ca.pem\n`,
	);
	const node = await startNode(t, '--config', config);
	const visitor = join(company, 'identities/visitor');
	const read = (directory: string, file: string) => readFileSync(join(directory, file), 'utf8');
	const asVisitor = connect({
		address: node.address,
		identity: {
			ca: read(other.identity, 'ca.pem'),
			...{ cert: read(visitor, 'cert.pem'), key: read(visitor, 'key.pem') },
		},
	});
	t.after(() => asVisitor.close());
	// Known; what he may do, the policy says.
	await asVisitor.getNode().catch((error: unknown) => {
		assert.ok(error instanceof SondeError);
		assert.equal(error.code, Code.PERMISSION_DENIED);
	});
	const asAdmin = connect({
		address: node.address,
		identity: {
			ca: read(other.identity, 'ca.pem'),
			...{ cert: read(node.identity, 'cert.pem'), key: read(node.identity, 'key.pem') },
		},
	});
	t.after(() => asAdmin.close());
	assert.equal(await refusalOf(asAdmin), 'CERTIFICATE_NOT_TRUSTED');
});
