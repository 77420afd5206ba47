import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { KeyPair } from './key-pair.js';

/** What a certificate is issued for. */
export interface CertificateRequest {
	readonly commonName: string;
	readonly subjectAltNames: x509.JsonGeneralNames;
	readonly usage: 'server' | 'client';
	/** First and last moment it is valid; the last one is at most the authority's. */
	readonly notBefore: Date;
	readonly notAfter: Date;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
/** How everything is signed. */
export const SIGNATURE = { ...CURVE, hash: 'SHA-256' };
const USAGES = { server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth };

/** Makes a self-signed authority that may sign leaf certificates only. */
export async function createAuthority(commonName: string, notBefore: Date, notAfter: Date): Promise<KeyPair> {
	const keys = await generateKeys();
	const certificate = await x509.X509CertificateGenerator.createSelfSigned(
		{
			name: [{ CN: [commonName] }],
			serialNumber: createSerialNumber(),
			keys,
			signingAlgorithm: SIGNATURE,
			notBefore,
			notAfter,
			extensions: [
				new x509.BasicConstraintsExtension(true, 0, true),
				new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
				await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
			],
		},
		webcrypto,
	);
	return encodePair(certificate, keys);
}

/** Issues a certificate with a new key. */
export async function issueCertificate(authority: KeyPair, request: CertificateRequest): Promise<KeyPair> {
	const issuer = new x509.X509Certificate(authority.cert);
	const keys = await generateKeys();
	const certificate = await x509.X509CertificateGenerator.create(
		{
			subject: [{ CN: [request.commonName] }],
			issuer: issuer.subject,
			serialNumber: createSerialNumber(),
			publicKey: keys.publicKey,
			signingKey: await importPrivateKey(authority.key),
			signingAlgorithm: SIGNATURE,
			notBefore: request.notBefore,
			notAfter: new Date(Math.min(request.notAfter.getTime(), issuer.notAfter.getTime())),
			extensions: [
				new x509.BasicConstraintsExtension(false, undefined, true),
				new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
				new x509.ExtendedKeyUsageExtension([USAGES[request.usage]]),
				new x509.SubjectAlternativeNameExtension(request.subjectAltNames),
				await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
				await x509.AuthorityKeyIdentifierExtension.create(
					await issuer.publicKey.export(webcrypto),
					false,
					webcrypto,
				),
			],
		},
		webcrypto,
	);
	return encodePair(certificate, keys);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
	return webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
}

/** Reads the key of an authority. */
export function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
	const pkcs8 = x509.PemConverter.decodeFirst(pem);
	return webcrypto.subtle.importKey('pkcs8', pkcs8, CURVE, false, ['sign']);
}

async function encodePair(cert: x509.X509Certificate, keys: webcrypto.CryptoKeyPair): Promise<KeyPair> {
	const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
	return {
		cert: `${cert.toString('pem')}\n`,
		key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
	};
}

function createSerialNumber(): string {
	const serial = randomBytes(16);
	// Positive, and without a leading zero byte, as DER wants it.
	serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
	return serial.toString('hex');
}
