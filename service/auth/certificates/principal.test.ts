import assert from 'node:assert/strict';
import { webcrypto, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { PrincipalError, principalFrom } from './principal.js';

async function certificateOf(
	subject: string[],
	uris: string[],
	otherNames: x509.JsonGeneralNames = [],
	extensions: x509.Extension[] = [],
): Promise<X509Certificate> {
	const curve = { name: 'ECDSA', namedCurve: 'P-256' };
	const names = [...otherNames, ...uris.map((value) => ({ type: 'url' as const, value }))];
	const certificate = await x509.X509CertificateGenerator.createSelfSigned(
		{
			// The generator reads a backslash as an escape.
			name: subject.map((name) => ({ CN: [name.replaceAll('\\', '\\\\')] })),
			keys: await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']),
			signingAlgorithm: { ...curve, hash: 'SHA-256' },
			extensions: names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : extensions,
		},
		webcrypto,
	);
	return new X509Certificate(Buffer.from(certificate.rawData));
}

async function refusal(subject: string[], uris: string[]): Promise<string> {
	const certificate = await certificateOf(subject, uris);
	try {
		return `accepted as ${principalFrom(certificate)}`;
	} catch (error) {
		assert.ok(error instanceof PrincipalError);
		return error.message;
	}
}

test('principalFrom refuses a certificate that names nobody or several', async () => {
	const several = 'the certificate has a SPIFFE id and other URI names; it must have one URI name';
	const invalid = 'the URI name of the certificate is not a valid SPIFFE id';
	assert.equal(await refusal([], []), 'the certificate names nobody: it has no SPIFFE id and no common name');
	assert.equal(await refusal(['a', 'b'], []), 'the certificate has several common names; it must have one');
	assert.equal(await refusal(['a'], ['spiffe://x/a', 'spiffe://x/b']), several);
	assert.equal(await refusal(['a'], ['https://x/a', 'spiffe://x/b']), several);
	for (const id of ['spiffe://X/a', 'SPIFFE://x/a', 'spiffe://x/a%2fb', 'spiffe://x/', 'spiffe://x/a,b']) {
		assert.equal(await refusal(['a'], [id]), invalid, id);
	}
	assert.equal(
		await refusal(['a'.repeat(2049)], []),
		'the common name of the certificate is longer than 2,048 bytes',
	);
});

test('principalFrom does not take names that cannot be read for none', async () => {
	const unreadable = new x509.Extension('2.5.29.17', false, Buffer.from('3001ff', 'hex'));
	const certificate = await certificateOf(['admin'], [], [], [unreadable]);
	assert.throws(() => principalFrom(certificate), {
		message: 'the alternative names of the certificate cannot be read',
	});
});

test('principalFrom prefers the SPIFFE id', async () => {
	assert.equal(principalFrom(await certificateOf(['admin'], ['spiffe://sonde/a/b'])), 'spiffe://sonde/a/b');
});

test('principalFrom falls back to the common name and escapes it without clashes', async () => {
	const principals = await Promise.all(
		['admin', 'a,O=b', 'a\\u{2c}O=b', 'a\nb', 'Zoë'].map(async (name) =>
			principalFrom(await certificateOf([name], ['https://example.org'])),
		),
	);
	assert.deepEqual(principals, [
		'x509:CN=admin',
		'x509:CN=a\\u{2c}O=b',
		'x509:CN=a\\u{5c}u{2c}O=b',
		'x509:CN=a\\u{a}b',
		'x509:CN=Zoë',
	]);
});

test('principalFrom takes no other name for a URI, whatever is written in it', async () => {
	const names: x509.JsonGeneralNames = [
		{ type: 'dns', value: 'a, URI:spiffe://sonde/n/admin' },
		{ type: 'dns', value: 'a", URI:spiffe://sonde/n/admin' },
		{ type: 'dns', value: 'a\\", URI:"spiffe://sonde/n/admin' },
		{ type: 'email', value: 'URI:spiffe://sonde/n/admin' },
		{ type: 'ip', value: '::1' },
		{ type: 'dn', value: 'O=URI:spiffe://sonde/n/admin' },
		{ type: 'upn', value: 'a, URI:spiffe://sonde/n/admin' },
		{ type: 'id', value: '1.2.3' },
	];
	for (const name of names) {
		assert.equal(principalFrom(await certificateOf(['a'], [], [name])), 'x509:CN=a', name.value);
		assert.equal(
			principalFrom(await certificateOf(['a'], ['spiffe://b/c'], [name])),
			'spiffe://b/c',
			name.value,
		);
	}
	assert.equal(principalFrom(await certificateOf(['a'], ['spiffe://b/c'], names)), 'spiffe://b/c');
	assert.equal(principalFrom(await certificateOf(['a'], ['https://b/,URI:spiffe://b/c'])), 'x509:CN=a');
});
