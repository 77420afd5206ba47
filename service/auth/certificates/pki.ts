import { X509Certificate } from 'node:crypto';
import { type Authority, CLOCK_SKEW_MS, namespaceOf, openAuthority } from './authority.js';
import { addIssued, readIssued } from './issued.js';
import type { KeyPair } from './key-pair.js';
import { issueLeaf, openLeaf, readUsableLeaf } from './leaf.js';
import { REVOCATIONS_FILE, readOwnRevocations } from './own-revocations.js';
import { subjectNames } from './server-names.js';
import { openStateDirectory, type StateDirectory } from './state-directory.js';
import { withLock } from './state-lock.js';

export { StateDirectoryError } from './state-directory.js';

/** Leaves are renewed while the node runs (node-credentials.ts). */
const LEAF_VALIDITY_MS = 365 * 86_400_000;
/** The identity that every node has. */
export const ADMIN = 'admin';
const ADMIN_FOLDER = 'identities/admin';

/** What the node proves itself with, and by what it knows its callers. All PEM. */
export interface NodeIdentities {
	/** 128 random bits, 32 hexadecimal digits, the same for the life of the state directory. */
	readonly nodeId: string;
	/** Certificate of the node's own authority: signs the server's certificate and those of all callers. */
	readonly ca: string;
	readonly server: KeyPair;
	/** Signed list of the client certificates that have been revoked; undefined: none ever was. */
	readonly crl: string | undefined;
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
	return withLock(state, async () => {
		const authority = await openAuthority(state, now);
		const server = await openLeaf(state, 'server', authority.pair, now, {
			commonName: 'sonde node',
			subjectAltNames: subjectNames(names),
			usage: 'server',
			...leafValidity(now),
		});
		await openAdmin(state, authority, now);
		return {
			nodeId: authority.nodeId,
			ca: authority.pair.cert,
			server,
			crl: await state.read(REVOCATIONS_FILE),
			adminDirectory: state.resolve(ADMIN_FOLDER),
		};
	});
}

/** Sees to it that the administrator has an identity, and that the index knows it. Hold the lock. */
export async function openAdmin(state: StateDirectory, authority: Authority, now: Date): Promise<void> {
	const { nodeId, pair } = authority;
	const request = {
		commonName: ADMIN,
		subjectAltNames: [{ type: 'url' as const, value: `${namespaceOf(nodeId)}${ADMIN}` }],
		usage: 'client' as const,
		...leafValidity(now),
	};
	let admin = await readUsableLeaf(state, ADMIN_FOLDER, pair, now, request);
	if (admin === undefined) {
		// Revoked by somebody: only somebody may bring it back.
		if (await isAdminRevoked(state, authority)) return;
		admin = await issueLeaf(state, ADMIN_FOLDER, pair, request);
	}
	if ((await state.read(`${ADMIN_FOLDER}/ca.pem`)) !== pair.cert) {
		await state.write(`${ADMIN_FOLDER}/ca.pem`, pair.cert);
	}
	const { serialNumber, validTo } = new X509Certificate(admin.cert);
	const serial = serialNumber.toLowerCase();
	// Earlier versions kept no index.
	if ((await readIssued(state)).some((entry) => entry.serial === serial)) return;
	const validUntil = new Date(validTo).toISOString();
	await addIssued(state, [{ name: ADMIN, role: 'admin', serial, validUntil }], now);
}

async function isAdminRevoked(state: StateDirectory, authority: Authority): Promise<boolean> {
	const last = (await readIssued(state)).findLast(({ name }) => name === ADMIN);
	const { revoked = [] } = (await readOwnRevocations(state, authority)) ?? {};
	return revoked.some(({ serial }) => serial === last?.serial);
}

function leafValidity(now: Date) {
	return {
		notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
		notAfter: new Date(now.getTime() + LEAF_VALIDITY_MS),
	};
}
