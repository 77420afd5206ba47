import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type IdentityRequest, issueIdentity, listIdentities, revokeIdentity } from './identity-store.js';
import { openIdentities } from './pki.js';

const DAY_MS = 86_400_000;

function temporaryDirectory(t: TestContext): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-identities-'));
	t.after(() => rmSync(directory, { recursive: true }));
	return directory;
}

const read = (directory: string, file: string) => readFileSync(join(directory, file), 'utf8');

/** What an attempt says. */
async function saidBy(work: Promise<unknown>): Promise<string> {
	return work.then(
		() => 'no error',
		(error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : 'no error'),
	);
}

test('issueIdentity says why not', async (t) => {
	const state = temporaryDirectory(t);
	const out = temporaryDirectory(t);
	const nameRule =
		'must be 1 to 64 letters, digits, ".", "_" or "-", begin with a letter or digit, and not look like a serial number';
	const alice = await issueIdentity(state, { name: 'alice', role: 'operator', validMs: DAY_MS });
	await issueIdentity(state, { name: 'bob', validMs: DAY_MS });
	await revokeIdentity(state, 'bob');
	writeFileSync(join(out, 'key.pem'), 'another');
	const long = 'x'.repeat(65);
	const serial = '0123456789abcdef0123456789ABCDEF';
	const cases: [Partial<IdentityRequest>, string][] = [
		...['', '.', '..', '../x', 'a/b', '-x', 'a b', 'ä', 'a\n', long, serial].map(
			(name): [Partial<IdentityRequest>, string] => [
				{ name },
				`the name ${JSON.stringify(name)} ${nameRule}`,
			],
		),
		[
			{ name: 'alice' },
			`the name "alice" is in use until ${alice.validUntil}, by certificate ${alice.serial}; ` +
				'--renew issues another one, or revoke it before',
		],
		[
			{ name: 'alice', role: 'viewer', renew: true },
			`"alice" is operator until ${alice.validUntil}; revoke that before it is issued as viewer`,
		],
		[{ name: 'carol', renew: true }, 'there is no identity "carol" to renew'],
		[{ name: 'bob', renew: true }, 'there is no identity "bob" to renew'],
		[
			{ name: 'admin', role: 'viewer' },
			`the name "admin" is the administrator's, whose role is admin, not viewer`,
		],
		[{ name: 'carol', directory: out }, `${out} holds the key of an identity; give another directory`],
		[
			{ name: 'carol', directory: join(state, 'server') },
			`${state}/server is in the state directory, beside the node's own keys; give another directory`,
		],
		[
			{ name: 'carol', directory: state },
			`${state} is in the state directory, beside the node's own keys; give another directory`,
		],
		[
			{ name: 'carol', directory: join(out, 'key.pem', 'x') },
			`cannot make the directory ${out}/key.pem/x: ENOTDIR: not a directory, mkdir '${out}/key.pem/x'`,
		],
	];
	for (const [request, message] of cases) {
		const said = await saidBy(issueIdentity(state, { name: 'x', validMs: DAY_MS, ...request }));
		assert.equal(said, `IdentityRequestError: ${message}`);
	}
	assert.deepEqual(
		(await listIdentities(state)).map(({ name }) => name),
		['admin', 'alice', 'bob'],
		'nothing was issued',
	);
});

test('revokeIdentity and listIdentities say why not', async (t) => {
	const state = temporaryDirectory(t);
	const missing = `IdentityRequestError: ${state} is no state directory of a node; give it with --state DIR`;
	assert.equal(await saidBy(listIdentities(state)), missing);
	assert.equal(await saidBy(revokeIdentity(state, 'alice')), missing);
	const alice = await issueIdentity(state, { name: 'alice', validMs: DAY_MS });
	assert.equal(
		await saidBy(revokeIdentity(state, 'bob')),
		'IdentityRequestError: the identity "bob" is not known; "sonde identity list" shows what has been issued',
	);
	assert.equal(
		await saidBy(revokeIdentity(state, 'alice', new Date(Date.now() + 2 * DAY_MS))),
		`IdentityRequestError: the identity "alice" expired on ${alice.validUntil}: nothing is left to revoke`,
	);
	await revokeIdentity(state, 'alice');
	assert.match(
		await saidBy(revokeIdentity(state, alice.serial)),
		/^IdentityRequestError: the certificate "[0-9a-f]{32}" was revoked on \d{4}-.*Z$/,
	);
	writeFileSync(join(state, 'crl.pem'), 'garbage');
	assert.equal(
		await saidBy(listIdentities(state)),
		`StateDirectoryError: ${state}/crl.pem holds no revocation list in PEM; ` +
			`restore it, or move ${state} away to start anew`,
	);
	rmSync(join(state, 'crl.pem'));
	for (const [text, what] of [
		['{', 'is no JSON'],
		['{"certificates":[{"name":"x"}]}', 'is no list of certificates that this version can read'],
		['[]', 'is no list of certificates that this version can read'],
	] as const) {
		writeFileSync(join(state, 'issued.json'), text);
		assert.equal(
			await saidBy(listIdentities(state)),
			`StateDirectoryError: ${state}/issued.json ${what}; restore it, or move ${state} away to start anew`,
		);
	}
});

test('issueIdentity writes what a client needs, for itself alone', async (t) => {
	const state = temporaryDirectory(t);
	const out = join(temporaryDirectory(t), 'a', 'b');
	const now = new Date();
	const alice = await issueIdentity(state, { name: 'alice', role: 'operator', validMs: DAY_MS }, now);
	const bob = await issueIdentity(state, { name: 'bob', validMs: 9_999 * DAY_MS, directory: out }, now);
	const { nodeId, ca } = await openIdentities(state);
	assert.equal(alice.directory, join(state, 'identities/alice'));
	assert.equal(bob.directory, out);
	assert.equal(bob.role, 'viewer');
	for (const { name, role, serial, spiffeId, directory, validUntil } of [alice, bob]) {
		assert.equal(spiffeId, `spiffe://sonde/${nodeId}/${role}/${name}`);
		const certificate = new X509Certificate(read(directory, 'cert.pem'));
		assert.equal(certificate.subject, `CN=${name}`);
		assert.equal(certificate.subjectAltName, `URI:${spiffeId}`);
		assert.equal(certificate.serialNumber.toLowerCase(), serial);
		assert.equal(new Date(certificate.validTo).toISOString(), validUntil);
		assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
		assert.ok(certificate.verify(new X509Certificate(ca).publicKey));
		assert.ok(certificate.checkPrivateKey(createPrivateKey(read(directory, 'key.pem'))));
		assert.equal(read(directory, 'ca.pem'), ca);
		for (const file of ['', 'cert.pem', 'key.pem', 'ca.pem']) {
			assert.equal(statSync(join(directory, file)).mode & 0o077, 0, file);
		}
	}
	assert.ok(Math.abs(Date.parse(alice.validUntil) - now.getTime() - DAY_MS) < 1_000);
	assert.equal(
		Date.parse(bob.validUntil),
		Date.parse(new X509Certificate(ca).validTo),
		"the authority's end",
	);
});

test('a name gets another certificate when it is renewed, revoked or expired', async (t) => {
	const state = temporaryDirectory(t);
	const first = await issueIdentity(state, { name: 'alice', role: 'operator', validMs: DAY_MS });
	const renewed = await issueIdentity(state, { name: 'alice', validMs: DAY_MS, renew: true });
	assert.deepEqual([renewed.role, renewed.spiffeId], ['operator', first.spiffeId]);
	const [one, two] = await revokeIdentity(state, 'alice');
	assert.deepEqual([one?.serial, two?.serial], [first.serial, renewed.serial]);
	await issueIdentity(state, { name: 'alice', role: 'viewer', validMs: DAY_MS });
	const later = new Date(Date.now() + 2 * DAY_MS);
	await issueIdentity(state, { name: 'alice', role: 'admin', validMs: DAY_MS }, later);
	assert.deepEqual(
		(await listIdentities(state)).map(({ name, role, revokedAt }) => [name, role, revokedAt !== undefined]),
		[
			['admin', 'admin', false],
			['alice', 'operator', true],
			['alice', 'operator', true],
			['alice', 'viewer', false],
			['alice', 'admin', false],
		],
	);
});

test('what is revoked stays so, also when the index is lost', async (t) => {
	const state = temporaryDirectory(t);
	const alice = await issueIdentity(state, { name: 'alice', validMs: DAY_MS });
	await revokeIdentity(state, 'alice');
	rmSync(join(state, 'issued.json'));
	const unknown = '7F23456789abcdef0123456789abcdef';
	await revokeIdentity(state, unknown);
	await revokeIdentity(state, 'admin');
	const revoked = (await listIdentities(state)).filter(({ revokedAt }) => revokedAt !== undefined);
	const admin = new X509Certificate(read(join(state, 'identities/admin'), 'cert.pem'));
	assert.deepEqual(
		revoked.map(({ name, serial }) => [name, serial]),
		[
			['admin', admin.serialNumber.toLowerCase()],
			[undefined, alice.serial],
			[undefined, unknown.toLowerCase()],
		],
	);
});

test('the administrator is not brought back by a start when revoked, but by its name', async (t) => {
	const state = temporaryDirectory(t);
	const { adminDirectory } = await openIdentities(state);
	const before = read(adminDirectory, 'cert.pem');
	await revokeIdentity(state, 'admin');
	rmSync(join(adminDirectory, 'cert.pem'));
	await openIdentities(state);
	assert.throws(() => read(adminDirectory, 'cert.pem'), { code: 'ENOENT' });
	const { role, spiffeId } = await issueIdentity(state, { name: 'admin', validMs: DAY_MS });
	assert.equal(role, 'admin');
	assert.match(spiffeId, /^spiffe:\/\/sonde\/[0-9a-f]{32}\/admin$/);
	const after = read(adminDirectory, 'cert.pem');
	assert.notEqual(after, before);
	await openIdentities(state);
	assert.equal(read(adminDirectory, 'cert.pem'), after);
});

test('those issued and revoked at once are all there', async (t) => {
	const state = temporaryDirectory(t);
	const names = Array.from({ length: 12 }, (_, number) => `client-${number}`);
	await Promise.all(names.map((name) => issueIdentity(state, { name, validMs: DAY_MS })));
	await Promise.all(names.slice(0, 6).map((name) => revokeIdentity(state, name)));
	const listed = (await listIdentities(state)).filter(({ role }) => role === 'viewer');
	assert.deepEqual(listed.map(({ name }) => name).sort(), [...names].sort());
	const revoked = listed.filter(({ revokedAt }) => revokedAt !== undefined).map(({ name }) => name);
	assert.deepEqual(revoked.sort(), names.slice(0, 6));
});

test('two who want one name at once: one gets it', async (t) => {
	const state = temporaryDirectory(t);
	const said = await Promise.all(
		[1, 2].map(() => saidBy(issueIdentity(state, { name: 'alice', validMs: DAY_MS }))),
	);
	assert.equal(said.filter((text) => text === 'no error').length, 1);
	assert.match(said.join(), /the name "alice" is in use/);
});

test('expired certificates are forgotten after 90 days', async (t) => {
	const state = temporaryDirectory(t);
	await issueIdentity(state, { name: 'alice', validMs: DAY_MS });
	const later = (days: number) => new Date(Date.now() + days * DAY_MS);
	await issueIdentity(state, { name: 'bob', validMs: DAY_MS }, later(90));
	const names = async () => (await listIdentities(state)).map(({ name }) => name);
	assert.deepEqual(await names(), ['admin', 'alice', 'bob']);
	await issueIdentity(state, { name: 'carol', validMs: DAY_MS }, later(92));
	assert.deepEqual(await names(), ['admin', 'bob', 'carol']);
});
