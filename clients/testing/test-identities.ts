import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Identity } from '../typescript/index.js';

/** Identities of one throw-away authority, for tests. */
export interface TestIdentities {
	readonly client: Identity;
	/** Its certificate lists `localhost` and 127.0.0.1. */
	readonly server: Identity;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR_MS = 3_600_000;

/** Makes an authority, and one identity for a client and one for a server. */
export async function createTestIdentities(): Promise<TestIdentities> {
	const validity = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + HOUR_MS) };
	const authorityKeys = await generateKeys();
	const authority = await x509.X509CertificateGenerator.createSelfSigned(
		{
			name: 'CN=test authority',
			keys: authorityKeys,
			signingAlgorithm: ALGORITHM,
			extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
			...validity,
		},
		webcrypto,
	);

	async function issue(name: string, names: x509.JsonGeneralNames): Promise<Identity> {
		const keys = await generateKeys();
		const certificate = await x509.X509CertificateGenerator.create(
			{
				subject: `CN=${name}`,
				issuer: authority.subject,
				publicKey: keys.publicKey,
				signingKey: authorityKeys.privateKey,
				signingAlgorithm: ALGORITHM,
				extensions: [new x509.SubjectAlternativeNameExtension(names)],
				...validity,
			},
			webcrypto,
		);
		const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
		return {
			ca: authority.toString('pem'),
			cert: certificate.toString('pem'),
			key: x509.PemConverter.encode(key, 'PRIVATE KEY'),
		};
	}

	return {
		client: await issue('admin', [{ type: 'url', value: 'spiffe://test/admin' }]),
		server: await issue('node', [
			{ type: 'dns', value: 'localhost' },
			{ type: 'ip', value: '127.0.0.1' },
		]),
	};
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
	return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
}
