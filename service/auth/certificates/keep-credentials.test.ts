import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHealth } from '../../api/health.js';
import { checkHealth } from '../connections/test-calls.js';
import {
	type LogLine,
	startTestNode,
	type TestNode,
	type TestNodeOptions,
} from '../connections/test-node.js';
import { createAuthority, issueCertificate } from './certificates.js';
import { issueIdentity, revokeIdentity } from './identity-store.js';
import { type CredentialKeeper, keepCredentials } from './keep-credentials.js';
import type { KeyPair } from './key-pair.js';
import { loadCredentials } from './load-credentials.js';
import { createRevocationList } from './revocation-list.js';
import { NO_TLS_FILES, type TlsFiles } from './tls-files.js';

const DAY_MS = 86_400_000;
/** A test that waits longer has failed. */
const PATIENCE_MS = 20_000;
const OK = [0, 0x08, 1];
const RELOADED = 'certificates and revocations reloaded';
const KEPT = 'certificates and revocations stay as they were: what is there now cannot be used';

interface KeptNode extends TestNode {
	readonly keeper: CredentialKeeper;
	/** Resolves with the line with this message that comes next. */
	next(message: string): Promise<LogLine>;
}

interface KeptOptions extends TestNodeOptions {
	readonly files?: Partial<TlsFiles>;
	readonly now?: () => Date;
	readonly renewEveryMs?: number;
}

/** A node whose credentials are kept, as a real one's. */
async function startKeptNode(
	t: TestContext,
	{ files, now, renewEveryMs }: KeptOptions = {},
): Promise<KeptNode> {
	const node = await startTestNode(t, { addServices: (server) => createHealth().addTo(server) });
	const source = { stateDir: node.stateDir, names: ['127.0.0.1'], files: { ...NO_TLS_FILES, ...files } };
	const loaded = await loadCredentials(source, now?.() ?? new Date());
	node.listener.replaceCredentials(loaded.credentials);
	const keeper = keepCredentials({
		...{ listener: node.listener, source, loaded, log: node.log, lookEveryMs: 10 },
		...(now && { now }),
		...(renewEveryMs && { renewEveryMs }),
	});
	// Before the state directory goes: hooks run in the order in which they were given.
	const keepAlive = setInterval(() => {}, 1_000);
	t.after(async () => {
		clearInterval(keepAlive);
		await keeper.stop();
	});
	return {
		...node,
		keeper,
		async next(message) {
			const from = node.lines.length;
			const deadline = Date.now() + PATIENCE_MS;
			while (Date.now() < deadline) {
				const found = node.lines.slice(from).find(({ msg }) => msg === message);
				if (found !== undefined) return found;
				await sleep(5);
			}
			throw new Error(`nothing says "${message}"`);
		},
	};
}

function temporaryDirectory(t: TestContext): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-keep-'));
	t.after(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

function readIdentity(directory: string): KeyPair {
	const read = (file: string) => readFileSync(join(directory, file), 'utf8');
	return { cert: read('cert.pem'), key: read('key.pem') };
}

test('what is issued and revoked beside a node holds for it', async (t) => {
	const node = await startKeptNode(t);
	const { directory, serial } = await issueIdentity(node.stateDir, { name: 'alice', validMs: DAY_MS });
	const alice = readIdentity(directory);
	assert.deepEqual(await checkHealth(t, node, alice), OK);
	const reloaded = node.next(RELOADED);
	await revokeIdentity(node.stateDir, 'alice');
	await reloaded;
	const [code, details] = await checkHealth(t, node, alice);
	assert.equal(code, 16);
	assert.match(String(details), new RegExp(`^the client certificate ${serial} was revoked on `));
	assert.deepEqual(await checkHealth(t, node, node.admin), OK);
});

test('a broken file keeps what was there, and says so; a good one is taken up again', async (t) => {
	const node = await startKeptNode(t);
	await issueIdentity(node.stateDir, { name: 'alice', validMs: DAY_MS });
	const listed = node.next(RELOADED);
	await revokeIdentity(node.stateDir, 'alice');
	await listed;
	const advice = `; restore it, or move ${node.stateDir} away to start anew`;
	const cases: [string, string | undefined, string][] = [
		['crl.pem', 'garbage', `${node.stateDir}/crl.pem holds no revocation list in PEM`],
		[
			'crl.pem',
			undefined,
			'the revocation list has gone; revoke anything to have another one, or restart the node',
		],
		[
			'server/key.pem',
			'garbage',
			`${node.stateDir}/server holds something else than a certificate and its key in PEM${advice}`,
		],
		[
			'ca.pem',
			undefined,
			`${node.stateDir}/ca.pem is missing, but certificates are there that it belongs to${advice}`,
		],
		[
			'node-id',
			'0'.repeat(32),
			`${node.stateDir} is that of another node now; restart this one to become that`,
		],
		['node-id', undefined, `the state directory ${node.stateDir} has gone`],
	];
	for (const [file, text, message] of cases) {
		const path = join(node.stateDir, file);
		const before = readFileSync(path);
		// The id of the node is no reason to look.
		const said = file === 'node-id' ? undefined : node.next(KEPT);
		if (text === undefined) rmSync(path);
		else writeFileSync(path, text);
		if (said) assert.equal((await said).cause, message);
		assert.equal(await node.keeper.reload(), message);
		assert.deepEqual(await checkHealth(t, node, node.admin), OK);
		writeFileSync(path, before);
		assert.equal(await node.keeper.reload(), undefined);
	}
});

test('certificates are renewed while the node runs, before they expire', async (t) => {
	let time = Date.now() - 336 * DAY_MS;
	const node = await startKeptNode(t, { now: () => new Date(time), renewEveryMs: 20 });
	const read = (file: string) => new X509Certificate(readFileSync(join(node.stateDir, file)));
	// That of the test's node is of today, and is kept.
	const before = ['server/cert.pem', 'identities/admin/cert.pem'].map(read);
	const reloaded = node.next(RELOADED);
	time = Date.now() + 336 * DAY_MS;
	await reloaded;
	const after = ['server/cert.pem', 'identities/admin/cert.pem'].map(read);
	for (const [index, certificate] of after.entries()) {
		assert.notEqual(certificate.serialNumber, before[index]?.serialNumber);
		assert.ok(Date.parse(certificate.validTo) > Date.now() + 700 * DAY_MS);
	}
});

test("an operator's own certificates are used, and followed", async (t) => {
	const folder = temporaryDirectory(t);
	const path = (name: string) => join(folder, name);
	const now = new Date();
	const end = new Date(now.getTime() + DAY_MS);
	const authority = await createAuthority('company', now, end);
	const issue = (commonName: string, usage: 'client' | 'server') =>
		issueCertificate(authority, {
			...{ commonName, usage, notBefore: now, notAfter: end },
			subjectAltNames: [{ type: 'ip', value: '127.0.0.1' }],
		});
	const [server, client] = await Promise.all([issue('node', 'server'), issue('client', 'client')]);
	const write = (name: string, text: string) => {
		// As deployments do: another file in its place.
		writeFileSync(path(`${name}.new`), text);
		renameSync(path(`${name}.new`), path(name));
	};
	write('cert.pem', server.cert);
	write('key.pem', server.key);
	write('ca.pem', authority.cert);
	write('crl.pem', await createRevocationList(authority, [], 1n, now));
	const files = {
		...{ certificate: path('cert.pem'), key: path('key.pem') },
		...{ clientCa: path('ca.pem'), clientCrl: path('crl.pem') },
	};
	const node = await startKeptNode(t, { files });
	const theirs = { port: node.port, identities: { ...node.identities, ca: authority.cert } };
	assert.deepEqual(await checkHealth(t, theirs, client), OK);
	assert.equal((await checkHealth(t, theirs, node.admin))[0], 16);

	const kept = node.next(KEPT);
	write('key.pem', client.key);
	assert.equal(
		(await kept).cause,
		`${Object.values(files).join(', ')}: the key is not that of the certificate`,
	);
	assert.deepEqual(await checkHealth(t, theirs, client), OK);
	write('key.pem', server.key);
	assert.equal(await node.keeper.reload(), undefined);

	const unreadable = node.next(KEPT);
	rmSync(path('ca.pem'));
	assert.equal((await unreadable).cause, `cannot read ${path('ca.pem')}: no such file or directory`);
	write('ca.pem', authority.cert);
	assert.equal(await node.keeper.reload(), undefined);

	const reloaded = node.next(RELOADED);
	const { serialNumber: serial } = new X509Certificate(client.cert);
	write('crl.pem', await createRevocationList(authority, [{ serial, at: now }], 2n, now));
	await reloaded;
	const [code, details] = await checkHealth(t, theirs, client);
	assert.equal(code, 16);
	assert.match(String(details), /was revoked on/);
});
