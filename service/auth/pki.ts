import { randomBytes, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { CertificateRequest } from './certificates.js';
import { isIssuedBy, type KeyPair } from './key-pair.js';
import {
	NODE_ID_FILE,
	openStateDirectory,
	type StateDirectory,
	StateDirectoryError,
} from './state-directory.js';

export { StateDirectoryError } from './state-directory.js';

const DAY_MS = 86_400_000;
const AUTHORITY_VALIDITY_MS = 3650 * DAY_MS;
/** Leaves are renewed when the service starts, so a node that runs for a year has to be restarted once. */
const LEAF_VALIDITY_MS = 365 * DAY_MS;
const RENEW_BEFORE_MS = 30 * DAY_MS;
/** For callers whose clock is behind. */
const CLOCK_SKEW_MS = 300_000;

/** What the node proves itself with, and by what it knows its callers. All PEM. */
export interface NodeIdentities {
	/** 128 random bits, 32 hexadecimal digits, the same for the life of the state directory. */
	readonly nodeId: string;
	/** Certificate of the node's own authority: signs the server's certificate and those of all callers. */
	readonly ca: string;
	readonly server: KeyPair;
	/** Directory with cert.pem, key.pem and ca.pem of the administrator. */
	readonly adminDirectory: string;
}

interface IdentityOptions {
	/** Host names and IP addresses that callers reach the node by, beside localhost and the host's own name. */
	readonly names?: readonly string[];
	/** For tests. Default: now. */
	readonly now?: Date;
}

/**
 * Reads the node's identities from its state directory and makes what is missing, half written or about to expire. Only
 * then is the library that makes certificates loaded: it would be a fifth of the time to start (measured).
 *
 * @throws StateDirectoryError when the directory cannot be used or holds something else.
 */
export async function openIdentities(
	stateDir: string,
	{ names = [], now = new Date() }: IdentityOptions = {},
): Promise<NodeIdentities> {
	const state = await openStateDirectory(stateDir);
	const nodeId = await openNodeId(state);
	const authority = await openAuthority(state, nodeId, now);
	const validity = {
		notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
		notAfter: new Date(now.getTime() + LEAF_VALIDITY_MS),
	};

	const hosts = serverNames(names);
	const server = await openLeaf(state, 'server', authority, now, {
		commonName: 'sonde node',
		subjectAltNames: hosts.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value })),
		usage: 'server',
		...validity,
	});
	await openLeaf(state, 'identities/admin', authority, now, {
		commonName: 'admin',
		subjectAltNames: [{ type: 'url', value: `spiffe://sonde/${nodeId}/admin` }],
		usage: 'client',
		...validity,
	});
	if ((await state.read('identities/admin/ca.pem')) !== authority.cert) {
		await state.write('identities/admin/ca.pem', authority.cert);
	}
	return { nodeId, ca: authority.cert, server, adminDirectory: state.resolve('identities/admin') };
}

async function openNodeId(state: StateDirectory): Promise<string> {
	const text = await state.read(NODE_ID_FILE);
	if (text === undefined) {
		const id = randomBytes(16).toString('hex');
		await state.write(NODE_ID_FILE, `${id}\n`);
		return id;
	}
	const id = text.trim();
	if (!/^[0-9a-f]{32}$/.test(id)) throw wrongContents(state, NODE_ID_FILE, 'is not 32 hexadecimal digits');
	return id;
}

async function openAuthority(state: StateDirectory, nodeId: string, now: Date): Promise<KeyPair> {
	const pair = await readPair(state, 'ca.pem', 'ca.key');
	if (pair === undefined) {
		const [cert, leaf] = [await state.read('ca.pem'), await state.read('server/cert.pem')];
		// A crash during the first start leaves a key that has signed nothing. Anything else is a loss: a new
		// authority would lock out every caller without saying so.
		if (cert !== undefined || leaf !== undefined) {
			const missing = cert === undefined ? 'ca.pem' : 'ca.key';
			throw wrongContents(state, missing, 'is missing, but certificates are there that it belongs to');
		}
		const notBefore = new Date(now.getTime() - CLOCK_SKEW_MS);
		const notAfter = new Date(now.getTime() + AUTHORITY_VALIDITY_MS);
		// The node's id keeps the authorities of several nodes apart in a controller's list of them.
		const { createAuthority } = await import('./certificates.js');
		const created = await createAuthority(`sonde authority of node ${nodeId}`, notBefore, notAfter);
		await state.write('ca.key', created.key);
		await state.write('ca.pem', created.cert);
		return created;
	}
	if (!belongTogether(state, 'ca', pair, pair)) {
		throw wrongContents(state, 'ca.key', 'is not the key of ca.pem');
	}
	const { validTo } = new X509Certificate(pair.cert);
	if (Date.parse(validTo) <= now.getTime()) {
		const end = new Date(validTo).toISOString();
		throw wrongContents(state, 'ca.pem', `expired on ${end}, and with it every identity`);
	}
	return pair;
}

async function openLeaf(
	state: StateDirectory,
	folder: string,
	authority: KeyPair,
	now: Date,
	request: CertificateRequest,
): Promise<KeyPair> {
	const pair = await readPair(state, `${folder}/cert.pem`, `${folder}/key.pem`);
	if (
		pair !== undefined &&
		belongTogether(state, folder, authority, pair) &&
		isUsable(new X509Certificate(pair.cert), request, now)
	) {
		return pair;
	}
	const { issueCertificate } = await import('./certificates.js');
	const issued = await issueCertificate(authority, request);
	// A crash between the two leaves a pair that does not belong together: the next start makes a new one.
	await state.write(`${folder}/key.pem`, issued.key);
	await state.write(`${folder}/cert.pem`, issued.cert);
	return issued;
}

function belongTogether(state: StateDirectory, name: string, authority: KeyPair, pair: KeyPair): boolean {
	try {
		return isIssuedBy(authority, pair);
	} catch (cause) {
		throw wrongContents(state, name, 'holds something else than a certificate and its key in PEM', cause);
	}
}

function isUsable(certificate: X509Certificate, request: CertificateRequest, now: Date): boolean {
	if (Date.parse(certificate.validTo) - now.getTime() < RENEW_BEFORE_MS) return false;
	return request.subjectAltNames.every(({ type, value }) => {
		const name = String(value);
		if (type === 'ip') return certificate.checkIP(name) !== undefined;
		if (type === 'dns') return certificate.checkHost(name) !== undefined;
		return certificate.subjectAltName === `URI:${name}`;
	});
}

async function readPair(
	state: StateDirectory,
	certFile: string,
	keyFile: string,
): Promise<KeyPair | undefined> {
	const [cert, key] = [await state.read(certFile), await state.read(keyFile)];
	return cert === undefined || key === undefined ? undefined : { cert, key };
}

function serverNames(names: readonly string[]): string[] {
	const wanted = ['localhost', hostname().toLowerCase(), '127.0.0.1', '::1', ...names];
	// "Every address" is none that a caller could check, and a name beyond ASCII does not fit a certificate.
	const unfit = (name: string) => ['', '0.0.0.0', '::'].includes(name) || !/^[\w.:-]+$/.test(name);
	return [...new Set(wanted)].filter((name) => !unfit(name));
}

function wrongContents(
	state: StateDirectory,
	file: string,
	what: string,
	cause?: unknown,
): StateDirectoryError {
	const message = `${state.resolve(file)} ${what}; restore it, or move ${state.path} away to start anew`;
	return new StateDirectoryError(message, { cause });
}
