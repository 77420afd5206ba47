import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { createAuthority, issueCertificate } from '../certificates/certificates.js';
import type { KeyTimes } from './key-url.js';
import {
	answerWith,
	ISSUER,
	issuerWith,
	keySetText,
	makeKey,
	serveKeys,
	type TestKey,
} from './test-issuer.js';
import { createTokenVerifier } from './tokens.js';

const HOUR_MS = 3_600_000;
/** Nothing happens by time unless a test says so. */
const TIMES: KeyTimes = { maxAgeMs: HOUR_MS, cooldownMs: HOUR_MS, timeoutMs: 10_000, usableMs: HOUR_MS };
const UNAVAILABLE = {
	reason: 'TOKEN_KEYS_UNAVAILABLE',
	message: `the keys of the issuer "${ISSUER}" cannot be fetched at present; try again later`,
};
let one: TestKey;
let two: TestKey;

before(async () => {
	[one, two] = await Promise.all([makeKey('one'), makeKey('two')]);
});

async function verifierOf(t: TestContext, url: string, times: Partial<KeyTimes> = {}, ca?: string) {
	const causes: string[] = [];
	const log = pino({ base: null }, { write: (line) => causes.push(String(JSON.parse(line).cause)) });
	const settings = issuerWith({ keys: { kind: 'url', url, ca } });
	const verifier = await createTokenVerifier([settings], log, { times: { ...TIMES, ...times } });
	t.after(() => verifier.close());
	return { verifier, causes };
}

test('keys are fetched once and serve all tokens', async (t) => {
	const server = await serveKeys(t, keySetText(one, two));
	const { verifier } = await verifierOf(t, server.url);
	for (const key of [one, two, one, two]) await verifier.verify(await key.sign({ nonce: Math.random() }));
	assert.equal(server.requests, 1);
});

test('an unknown key leads to one fetch, which finds the issuer’s new key', async (t) => {
	const server = await serveKeys(t, keySetText(one));
	const { verifier } = await verifierOf(t, server.url, { cooldownMs: 0 });
	const old = await one.sign();
	await verifier.verify(old);
	server.answer = answerWith(keySetText(two));
	const tokens = await Promise.all(['a', 'b', 'c'].map((sub) => two.sign({ sub })));
	await Promise.all(tokens.map((token) => verifier.verify(token)));
	assert.equal(server.requests, 2);
	// It was remembered, and its key is gone.
	await assert.rejects(verifier.verify(old), { reason: 'TOKEN_NOT_VALID' });
});

test('unknown keys do not lead to more fetches than the cooldown allows', async (t) => {
	const server = await serveKeys(t, keySetText(one));
	const { verifier } = await verifierOf(t, server.url);
	const stranger = await makeKey('stranger');
	for (let i = 0; i < 50; i++) {
		const token = await stranger.sign({}, { kid: `stranger ${i}` });
		await assert.rejects(verifier.verify(token), {
			reason: 'TOKEN_NOT_VALID',
			message: `the issuer "${ISSUER}" has no key that the token could be signed with`,
		});
	}
	assert.equal(server.requests, 1);
	// The operator may.
	assert.deepEqual(await verifier.reload(), []);
	assert.equal(server.requests, 2);
});

test('keys that are too old are fetched before they are used', async (t) => {
	const server = await serveKeys(t, keySetText(one));
	const { verifier } = await verifierOf(t, server.url, { maxAgeMs: 0, cooldownMs: 0 });
	const token = await one.sign();
	await verifier.verify(token);
	server.answer = answerWith(keySetText(two));
	await assert.rejects(verifier.verify(token), { reason: 'TOKEN_NOT_VALID' });
});

test('while the issuer cannot be reached, old keys go on, up to their age', async (t) => {
	const server = await serveKeys(t, keySetText(one));
	const times = { maxAgeMs: 0, cooldownMs: 0 };
	const { verifier, causes } = await verifierOf(t, server.url, times);
	const { verifier: strict } = await verifierOf(t, server.url, { ...times, usableMs: 0 });
	await server.stop();
	const token = await one.sign();
	assert.equal((await verifier.verify(token)).kind, 'token');
	assert.match(causes.at(-1) ?? '', /^cannot fetch the keys of .* from http:.*ECONNREFUSED/);
	await assert.rejects(strict.verify(token), UNAVAILABLE);
	// Nobody knows whether this is a key of the issuer.
	await assert.rejects(verifier.verify(await two.sign()), UNAVAILABLE);
	assert.match((await verifier.reload())[0] ?? '', /ECONNREFUSED/);
	assert.equal((await verifier.verify(token)).kind, 'token');
});

test('an issuer that is not there at the start is asked again', async (t) => {
	const server = await serveKeys(t, '');
	server.answer = answerWith('', 503);
	const { verifier, causes } = await verifierOf(t, server.url, { cooldownMs: 0 });
	await assert.rejects(verifier.verify(await one.sign()), UNAVAILABLE);
	assert.match(causes[0] ?? '', /the server answers with status 503$/);
	server.answer = answerWith(keySetText(one));
	assert.equal((await verifier.verify(await one.sign())).kind, 'token');
});

test('what is not a set of keys keeps those that are there', async (t) => {
	const server = await serveKeys(t, keySetText(one));
	const elsewhere = await serveKeys(t, keySetText(two));
	const { verifier } = await verifierOf(t, server.url);
	const token = await one.sign();
	for (const [answer, cause] of [
		[answerWith('<html>'), /it is not JSON$/],
		[answerWith('{"keys": []}'), /it has no key for ES256, RS256$/],
		[answerWith(keySetText(two), 404), /status 404$/],
		[answerWith(' '.repeat(1024 * 1024 + 1)), /the answer is longer than 1048576 bytes$/],
		[answerWith('', 302, { location: elsewhere.url }), /status 302; redirects are not followed$/],
		[(_, response) => response.destroy(), /socket hang up$/],
	] as readonly (readonly [typeof server.answer, RegExp])[]) {
		server.answer = answer;
		assert.match((await verifier.reload())[0] ?? 'reloaded', cause);
		assert.equal((await verifier.verify(token)).kind, 'token');
	}
	assert.equal(elsewhere.requests, 0);
});

test('a server that does not answer, or not to the end, is not waited for', async (t) => {
	const server = await serveKeys(t, '');
	const { verifier } = await verifierOf(t, server.url, { timeoutMs: 100 });
	for (const answer of [
		() => undefined,
		(_, response) => response.writeHead(200).write('{'),
	] as const satisfies readonly (typeof server.answer)[]) {
		server.answer = answer;
		assert.match((await verifier.reload())[0] ?? 'reloaded', /it took longer than 100 ms$/);
	}
});

test('over HTTPS, the server’s certificate must be from the authority that is given', async (t) => {
	const [notBefore, notAfter] = [new Date(Date.now() - 1000), new Date(Date.now() + HOUR_MS)];
	const authorities = await Promise.all(
		['ours', 'other'].map((name) => createAuthority(name, notBefore, notAfter)),
	);
	const [ours, other] = authorities;
	assert.ok(ours !== undefined && other !== undefined);
	const server = await serveKeys(
		t,
		keySetText(one),
		await issueCertificate(ours, {
			...{ commonName: 'keys', usage: 'server', notBefore, notAfter },
			subjectAltNames: [{ type: 'ip', value: '127.0.0.1' }],
		}),
	);
	const directory = mkdtempSync(join(tmpdir(), 'sonde-keys-'));
	t.after(() => rmSync(directory, { recursive: true }));
	const ca = join(directory, 'ca.pem');
	writeFileSync(ca, other.cert);
	const { verifier, causes } = await verifierOf(t, server.url, { cooldownMs: 0 }, ca);
	await assert.rejects(verifier.verify(await one.sign()), UNAVAILABLE);
	assert.match(causes[0] ?? '', /unable to verify the first certificate|self.signed/);
	assert.equal(server.requests, 0);
	writeFileSync(ca, ours.cert);
	assert.equal((await verifier.verify(await one.sign())).kind, 'token');
	// Of the system.
	const { causes: ofSystem } = await verifierOf(t, server.url);
	assert.match(ofSystem[0] ?? '', /unable to/);
});
