import { randomBytes, X509Certificate } from 'node:crypto';
import { isIssuedBy, type KeyPair } from './key-pair.js';
import { NODE_ID_FILE, type StateDirectory, StateDirectoryError } from './state-directory.js';

const AUTHORITY_VALIDITY_MS = 3650 * 86_400_000;
/** For callers whose clock is behind. */
export const CLOCK_SKEW_MS = 300_000;

/** Who signs the certificates of a node and of its callers. */
export interface Authority {
	/** 128 random bits, 32 hexadecimal digits, the same for the life of the state directory. */
	readonly nodeId: string;
	readonly pair: KeyPair;
}

/** What the SPIFFE ids of a node's own authority begin with. */
export function namespaceOf(nodeId: string): string {
	return `spiffe://sonde/${nodeId}/`;
}

/** Reads the authority of a state directory, or makes it. Hold the lock. @throws StateDirectoryError. */
export async function openAuthority(state: StateDirectory, now: Date): Promise<Authority> {
	const nodeId = await openNodeId(state);
	return { nodeId, pair: await openPair(state, nodeId, now) };
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

async function openPair(state: StateDirectory, nodeId: string, now: Date): Promise<KeyPair> {
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

/** Whether a pair was issued by the authority. @throws StateDirectoryError when one of them is something else. */
export function belongTogether(
	state: StateDirectory,
	name: string,
	authority: KeyPair,
	pair: KeyPair,
): boolean {
	try {
		return isIssuedBy(authority, pair);
	} catch (cause) {
		throw wrongContents(state, name, 'holds something else than a certificate and its key in PEM', cause);
	}
}

/** Reads a certificate and its key; undefined when one of them is missing. */
export async function readPair(
	state: StateDirectory,
	certFile: string,
	keyFile: string,
): Promise<KeyPair | undefined> {
	const [cert, key] = [await state.read(certFile), await state.read(keyFile)];
	return cert === undefined || key === undefined ? undefined : { cert, key };
}

/** A file of the state directory holds what it cannot hold. */
export function wrongContents(
	state: StateDirectory,
	file: string,
	what: string,
	cause?: unknown,
): StateDirectoryError {
	const message = `${state.resolve(file)} ${what}; restore it, or move ${state.path} away to start anew`;
	return new StateDirectoryError(message, { cause });
}
