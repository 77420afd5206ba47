import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { issueIdentity } from './identity-store.js';
import { openIdentities, StateDirectoryError } from './pki.js';

const DAY_MS = 86_400_000;

function stateDirectory(t: TestContext): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-pki-'));
	t.after(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

async function refusal(state: string, now?: Date): Promise<string> {
	try {
		await openIdentities(state, now === undefined ? {} : { now });
	} catch (error) {
		assert.ok(error instanceof StateDirectoryError, String(error));
		return error.message;
	}
	return 'no error';
}

test('openIdentities says which file has wrong contents', async (t) => {
	const state = stateDirectory(t);
	await openIdentities(state);
	const other = stateDirectory(t);
	await openIdentities(other);
	const advice = `; restore it, or move ${state} away to start anew`;
	const cases: [string, string | undefined, string][] = [
		['node-id', 'garbage', `${state}/node-id is not 32 hexadecimal digits${advice}`],
		[
			'ca.key',
			undefined,
			`${state}/ca.key is missing, but certificates are there that it belongs to${advice}`,
		],
		[
			'ca.pem',
			undefined,
			`${state}/ca.pem is missing, but certificates are there that it belongs to${advice}`,
		],
		['ca.key', readFileSync(`${other}/ca.key`, 'utf8'), `${state}/ca.key is not the key of ca.pem${advice}`],
		['ca.pem', 'garbage', `${state}/ca holds something else than a certificate and its key in PEM${advice}`],
		[
			'server/key.pem',
			'garbage',
			`${state}/server holds something else than a certificate and its key in PEM${advice}`,
		],
	];
	for (const [file, text, message] of cases) {
		const path = join(state, file);
		const before = readFileSync(path);
		if (text === undefined) rmSync(path);
		else writeFileSync(path, text);
		assert.equal(await refusal(state), message);
		writeFileSync(path, before);
	}
	assert.equal(await refusal(state), 'no error');
	assert.match(
		await refusal(state, new Date(Date.now() + 3651 * DAY_MS)),
		/ca\.pem expired on \d{4}-.*Z, and with it/,
	);
});

test('openIdentities makes private files that verify', async (t) => {
	const state = stateDirectory(t);
	const { nodeId, ca, server, adminDirectory } = await openIdentities(state, {
		names: ['node.example', '10.1.2.3'],
	});
	assert.match(nodeId, /^[0-9a-f]{32}$/);
	assert.equal(adminDirectory, join(state, 'identities/admin'));
	assert.deepEqual(readdirSync(adminDirectory).sort(), ['ca.pem', 'cert.pem', 'key.pem']);

	const authority = new X509Certificate(ca);
	assert.equal(authority.ca, true);
	assert.equal(authority.subject, `CN=sonde authority of node ${nodeId}`);
	const node = new X509Certificate(server.cert);
	assert.ok(node.verify(authority.publicKey));
	for (const name of ['localhost', hostname(), 'node.example'])
		assert.equal(node.checkHost(name), name.toLowerCase());
	for (const ip of ['127.0.0.1', '::1', '10.1.2.3']) assert.equal(node.checkIP(ip), ip);

	const admin = new X509Certificate(readFileSync(join(adminDirectory, 'cert.pem')));
	assert.ok(admin.verify(authority.publicKey));
	assert.equal(admin.subject, 'CN=admin');
	assert.equal(admin.subjectAltName, `URI:spiffe://sonde/${nodeId}/admin`);
	assert.deepEqual(admin.keyUsage, ['1.3.6.1.5.5.7.3.2']);
	const key = readFileSync(join(adminDirectory, 'key.pem'), 'utf8');
	assert.match(key, /^-----BEGIN PRIVATE KEY-----\n/);
	assert.ok(admin.checkPrivateKey(createPrivateKey(key)));

	for (const entry of readdirSync(state, { recursive: true, encoding: 'utf8' })) {
		const status = statSync(join(state, entry));
		assert.equal(status.mode & 0o777, status.isDirectory() ? 0o700 : 0o600, entry);
	}
});

test('openIdentities keeps what it has', async (t) => {
	const state = stateDirectory(t);
	const first = await openIdentities(state, { names: ['a.example'] });
	const admin = readFileSync(join(state, 'identities/admin/cert.pem'));
	assert.deepEqual(await openIdentities(state, { names: ['localhost', '0.0.0.0'] }), first);
	assert.deepEqual(readFileSync(join(state, 'identities/admin/cert.pem')), admin);
});

test('openIdentities reissues the certificate of the server for a new name, from the same authority', async (t) => {
	const state = stateDirectory(t);
	const first = await openIdentities(state);
	const second = await openIdentities(state, { names: ['10.9.8.7'] });
	assert.equal(second.ca, first.ca);
	assert.notEqual(second.server.cert, first.server.cert);
	assert.equal(new X509Certificate(second.server.cert).checkIP('10.9.8.7'), '10.9.8.7');
});

test('openIdentities renews what expires within 30 days', async (t) => {
	const state = stateDirectory(t);
	const first = await openIdentities(state);
	const at = (days: number) => ({ now: new Date(Date.now() + days * DAY_MS) });
	assert.deepEqual(await openIdentities(state, at(334)), first);
	const renewed = await openIdentities(state, at(336));
	assert.notEqual(renewed.server.cert, first.server.cert);
	assert.equal(renewed.ca, first.ca);
	const admin = new X509Certificate(readFileSync(join(state, 'identities/admin/cert.pem')));
	assert.ok(Date.parse(admin.validTo) > Date.now() + 700 * DAY_MS);
});

test('openIdentities repairs what a crash left half way', async (t) => {
	const state = stateDirectory(t);
	const first = await openIdentities(state);
	const other = stateDirectory(t);
	await openIdentities(other);
	writeFileSync(join(state, 'server/key.pem'), readFileSync(join(other, 'server/key.pem')));
	rmSync(join(state, 'identities/admin/cert.pem'));
	rmSync(join(state, 'identities/admin/ca.pem'));
	const second = await openIdentities(state);
	assert.equal(second.ca, first.ca);
	assert.ok(new X509Certificate(second.server.cert).checkPrivateKey(createPrivateKey(second.server.key)));
	assert.equal(readFileSync(join(state, 'identities/admin/ca.pem'), 'utf8'), first.ca);

	rmSync(join(other, 'ca.pem'));
	for (const folder of ['server', 'identities']) rmSync(join(other, folder), { recursive: true });
	assert.equal(await refusal(other), 'no error');
});

test('a short-lived certificate is renewed when a third of its life is left', async (t) => {
	const state = stateDirectory(t);
	await openIdentities(state);
	await issueIdentity(state, { name: 'admin', validMs: 6 * DAY_MS, renew: true });
	const file = join(state, 'identities/admin/cert.pem');
	const short = readFileSync(file, 'utf8');
	const at = (days: number) => ({ now: new Date(Date.now() + days * DAY_MS) });
	await openIdentities(state, at(3.9));
	assert.equal(readFileSync(file, 'utf8'), short);
	await openIdentities(state, at(4.1));
	assert.notEqual(readFileSync(file, 'utf8'), short);
});

test('a certificate that ends with its authority is not renewed again and again', async (t) => {
	const state = stateDirectory(t);
	await openIdentities(state);
	const now = new Date(Date.now() + 3630 * DAY_MS);
	const last = await openIdentities(state, { now });
	assert.equal(new X509Certificate(last.server.cert).validTo, new X509Certificate(last.ca).validTo);
	assert.deepEqual(await openIdentities(state, { now: new Date(now.getTime() + DAY_MS) }), last);
});
