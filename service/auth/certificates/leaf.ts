import { X509Certificate } from 'node:crypto';
import { belongTogether, readPair } from './authority.js';
import type { CertificateRequest } from './certificates.js';
import type { KeyPair } from './key-pair.js';
import type { StateDirectory } from './state-directory.js';

const DAY_MS = 86_400_000;
const RENEW_BEFORE_MS = 30 * DAY_MS;
/** The same for short-lived ones, as a share of their life. */
const RENEW_BEFORE_SHARE = 1 / 3;

/** Reads a certificate and its key from a folder, and issues both anew when they do not do as they are. Hold the lock. */
export async function openLeaf(
	state: StateDirectory,
	folder: string,
	authority: KeyPair,
	now: Date,
	request: CertificateRequest,
): Promise<KeyPair> {
	const pair = await readUsableLeaf(state, folder, authority, now, request);
	return pair ?? (await issueLeaf(state, folder, authority, request));
}

/** Reads them; undefined when they are missing, half written, about to expire, or not what is asked for. */
export async function readUsableLeaf(
	state: StateDirectory,
	folder: string,
	authority: KeyPair,
	now: Date,
	request: CertificateRequest,
): Promise<KeyPair | undefined> {
	const pair = await readPair(state, `${folder}/cert.pem`, `${folder}/key.pem`);
	if (pair === undefined || !belongTogether(state, folder, authority, pair)) return undefined;
	const certificate = new X509Certificate(pair.cert);
	const isCurrent = !isRenewalDue(certificate, new X509Certificate(authority.cert), now);
	return isCurrent && hasNames(certificate, request) ? pair : undefined;
}

/** Issues them into a folder. */
export async function issueLeaf(
	state: StateDirectory,
	folder: string,
	authority: KeyPair,
	request: CertificateRequest,
): Promise<KeyPair> {
	const { issueCertificate } = await import('./certificates.js');
	const issued = await issueCertificate(authority, request);
	// A crash between the two leaves a pair that does not belong together: the next start makes a new one.
	await state.write(`${folder}/key.pem`, issued.key);
	await state.write(`${folder}/cert.pem`, issued.cert);
	return issued;
}

function isRenewalDue(certificate: X509Certificate, authority: X509Certificate, now: Date): boolean {
	const [start, end] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
	// None outlives the authority: a new one would end with it, too.
	if (end >= Date.parse(authority.validTo) && end > now.getTime()) return false;
	return end - now.getTime() < Math.min(RENEW_BEFORE_MS, (end - start) * RENEW_BEFORE_SHARE);
}

function hasNames(certificate: X509Certificate, { subjectAltNames }: CertificateRequest): boolean {
	return subjectAltNames.every(({ type, value }) => {
		const name = String(value);
		if (type === 'ip') return certificate.checkIP(name) !== undefined;
		if (type === 'dns') return certificate.checkHost(name) !== undefined;
		return certificate.subjectAltName === `URI:${name}`;
	});
}
