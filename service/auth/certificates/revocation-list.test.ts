import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { createAuthority, importPrivateKey, issueCertificate, SIGNATURE } from './certificates.js';
import type { KeyPair } from './key-pair.js';
import { createRevocationList, normalizeSerial, readRevocationLists } from './revocation-list.js';

const HOUR_MS = 3_600_000;
const NOW = new Date(Math.floor(Date.now() / 1_000) * 1_000);
const END = new Date(NOW.getTime() + HOUR_MS);
const [ours, foreign] = await Promise.all([
	createAuthority('ours', NOW, END),
	createAuthority('foreign', NOW, END),
]);

/** A list that says when the next one comes, or not, with an extension that has to be understood, or not. */
async function createOddList(
	authority: KeyPair,
	nextUpdate: Date | undefined,
	isCritical: boolean,
): Promise<string> {
	const list = await x509.X509CrlGenerator.create(
		{
			issuer: new x509.X509Certificate(authority.cert).subject,
			signingAlgorithm: SIGNATURE,
			signingKey: await importPrivateKey(authority.key),
			...(nextUpdate && { nextUpdate }),
			entries: [{ serialNumber: '01' }],
			// Delta CRL Indicator, to number 1.
			extensions: [new x509.Extension('2.5.29.27', isCritical, Buffer.from([2, 1, 1]))],
		},
		webcrypto,
	);
	return x509.PemConverter.encode(list.rawData, 'X509 CRL');
}

test('readRevocationLists says what is wrong with a file', async () => {
	const list = await createRevocationList(foreign, [], 1n, NOW);
	const [cutBase64 = ''] = /[A-Za-z0-9+/]{64}/.exec(list) ?? [];
	const cases: [string, string][] = [
		['', 'holds no revocation list in PEM'],
		[ours.cert, 'holds no revocation list in PEM'],
		[list, 'holds a revocation list of "CN=foreign", which no trusted authority has signed'],
		[
			`-----BEGIN X509 CRL-----\n${cutBase64}\n-----END X509 CRL-----\n`,
			'holds a revocation list that cannot be parsed',
		],
		[
			await createOddList(ours, undefined, false),
			'holds a revocation list that does not say when the next one comes (nextUpdate)',
		],
		[
			await createOddList(ours, END, true),
			'holds a revocation list with the critical extension 2.5.29.27, which is not known',
		],
	];
	for (const [pem, message] of cases) await assert.rejects(readRevocationLists(pem, ours.cert), { message });
});

test('readRevocationLists refuses a list in the name of an authority that another has signed', async () => {
	const impostor = await createAuthority('ours', NOW, END);
	await assert.rejects(readRevocationLists(await createRevocationList(impostor, [], 1n, NOW), ours.cert), {
		message: 'holds a revocation list of "CN=ours", which no trusted authority has signed',
	});
});

test('a list is read as it was written, one of several', async () => {
	const revoked = [
		{ serial: '1', at: NOW },
		{ serial: '80', at: new Date(NOW.getTime() - HOUR_MS) },
		{ serial: 'ffeeddccbbaa99887766554433221100', at: NOW },
	];
	const pem = [
		await createRevocationList(ours, revoked, 0x80_00_00_00_00_00_00_00_01n, NOW),
		await createRevocationList(foreign, [], 5n, NOW),
	].join('');
	const lists = await readRevocationLists(pem, foreign.cert + ours.cert);
	assert.deepEqual(
		lists.map(({ number, nextUpdate, revoked }) => ({ number, nextUpdate, revoked })),
		[
			{ number: 0x80_00_00_00_00_00_00_00_01n, nextUpdate: END, revoked },
			{ number: 5n, nextUpdate: END, revoked: [] },
		],
	);
	assert.deepEqual(['00Ab', '0', '00', '10'].map(normalizeSerial), ['ab', '0', '0', '10']);
});

test('OpenSSL reads the list, and refuses what is on it', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'sonde-crl-'));
	t.after(() => rmSync(folder, { recursive: true }));
	const request = { subjectAltNames: [], usage: 'client' as const, notBefore: NOW, notAfter: END };
	const revoked = await issueCertificate(ours, { ...request, commonName: 'revoked' });
	const valid = await issueCertificate(ours, { ...request, commonName: 'valid' });
	const { serialNumber: serial } = new x509.X509Certificate(revoked.cert);
	const list = await createRevocationList(ours, [{ serial, at: NOW }], 200n, NOW);
	const files = {
		'ca.pem': ours.cert,
		'crl.pem': list,
		'revoked.pem': revoked.cert,
		'valid.pem': valid.cert,
	};
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);

	const shown = execFileSync('openssl', ['crl', '-in', 'crl.pem', '-CAfile', 'ca.pem', '-noout', '-text'], {
		cwd: folder,
		encoding: 'utf8',
	});
	assert.match(shown, /Issuer: CN ?= ?ours/);
	assert.match(shown, /X509v3 CRL Number: \n? *200/);
	assert.match(shown, new RegExp(`Serial Number: ${serial.toUpperCase()}`));
	const verify = (file: string) => {
		const args = ['verify', '-crl_check', '-CAfile', 'ca.pem', '-CRLfile', 'crl.pem', file];
		const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
		return [status, /certificate revoked/.test(stderr)];
	};
	assert.deepEqual(verify('valid.pem'), [0, false]);
	assert.deepEqual(verify('revoked.pem'), [2, true]);
});
