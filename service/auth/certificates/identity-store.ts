import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { type Authority, CLOCK_SKEW_MS, namespaceOf, openAuthority } from './authority.js';
import { prepareIdentity } from './identity-directory.js';
import { checkIdentityRequest, IdentityRequestError } from './identity-request.js';
import { addIssued, type IssuedCertificate, type Role, readIssued } from './issued.js';
import { addRevocations, readOwnRevocations } from './own-revocations.js';
import { ADMIN, openAdmin } from './pki.js';
import { isStateDirectory, openStateDirectory, type StateDirectory } from './state-directory.js';
import { withLock } from './state-lock.js';

/** An identity to be issued. */
export interface IdentityRequest {
	/** See checkIdentityRequest. */
	readonly name: string;
	/** Default: that of the identity to be renewed; else viewer. */
	readonly role?: Role | undefined;
	/** How long it is valid, milliseconds; it ends with the authority at the latest. */
	readonly validMs: number;
	/** The name has an identity, and gets another certificate. */
	readonly renew?: boolean | undefined;
	/** Default: identities/NAME in the state directory. */
	readonly directory?: string | undefined;
}

/** An identity that has been issued. */
export interface IssuedIdentity extends IssuedCertificate {
	readonly spiffeId: string;
	/** With cert.pem, key.pem and ca.pem. */
	readonly directory: string;
}

/** A client certificate of the node's authority. Of one that is revoked and in no index, only the serial number is known. */
export interface ListedIdentity {
	readonly serial: string;
	readonly name: string | undefined;
	readonly role: Role | undefined;
	readonly validUntil: Date | undefined;
	readonly revokedAt: Date | undefined;
}

interface Store {
	readonly state: StateDirectory;
	readonly authority: Authority;
	readonly now: Date;
}

/**
 * Issues a client certificate, beside a node that runs or without one; makes the authority if there is none.
 *
 * @throws IdentityRequestError when it cannot be issued so; StateDirectoryError.
 */
export function issueIdentity(
	stateDir: string,
	request: IdentityRequest,
	now = new Date(),
): Promise<IssuedIdentity> {
	return withStore(stateDir, now, async (store) => {
		const { state, authority } = store;
		const role = checkIdentityRequest(request, await readEntries(store), now);
		const { name, validMs } = request;
		const directory = resolve(request.directory ?? state.resolve(`identities/${name}`));
		const write = await prepareIdentity(state, directory, request);
		// The administrator's name is as old as the first node.
		const spiffeId = namespaceOf(authority.nodeId) + (name === ADMIN ? ADMIN : `${role}/${name}`);
		const { issueCertificate } = await import('./certificates.js');
		const pair = await issueCertificate(authority.pair, {
			commonName: name,
			subjectAltNames: [{ type: 'url', value: spiffeId }],
			usage: 'client',
			notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
			notAfter: new Date(now.getTime() + validMs),
		});
		const { serialNumber, validTo } = new X509Certificate(pair.cert);
		const validUntil = new Date(validTo).toISOString();
		const entry = { name, role, serial: serialNumber.toLowerCase(), validUntil };
		// First: a crash in between leaves an entry without a key, and no certificate that is in no index.
		await addIssued(state, [entry], now);
		await write({ ...pair, ca: authority.pair.cert });
		return { ...entry, spiffeId, directory };
	});
}

/** Lists the client certificates that have been issued, oldest first. @throws StateDirectoryError; IdentityRequestError. */
export async function listIdentities(stateDir: string): Promise<readonly ListedIdentity[]> {
	requireNode(stateDir);
	return withStore(stateDir, new Date(), readEntries);
}

/**
 * Revokes all valid certificates of a name, or the one with a serial number.
 *
 * @returns What was revoked.
 * @throws IdentityRequestError when there is nothing to revoke; StateDirectoryError.
 */
export async function revokeIdentity(
	stateDir: string,
	nameOrSerial: string,
	now = new Date(),
): Promise<readonly ListedIdentity[]> {
	requireNode(stateDir);
	return withStore(stateDir, now, async (store) => {
		const found = findToRevoke(await readEntries(store), nameOrSerial, now);
		const serials = found.map(({ serial }) => serial);
		await addRevocations(store.state, store.authority, serials, now);
		return (await readEntries(store)).filter(({ serial }) => serials.includes(serial));
	});
}

async function withStore<Result>(
	stateDir: string,
	now: Date,
	work: (store: Store) => Promise<Result>,
): Promise<Result> {
	const state = await openStateDirectory(stateDir);
	return withLock(state, async () => {
		const authority = await openAuthority(state, now);
		await openAdmin(state, authority, now);
		return work({ state, authority, now });
	});
}

async function readEntries({ state, authority }: Store): Promise<ListedIdentity[]> {
	const { revoked = [] } = (await readOwnRevocations(state, authority)) ?? {};
	const times = new Map(revoked.map(({ serial, at }) => [serial, at]));
	const issued = (await readIssued(state)).map((entry) => {
		const revokedAt = times.get(entry.serial);
		times.delete(entry.serial);
		return { ...entry, validUntil: new Date(entry.validUntil), revokedAt };
	});
	const others = [...times].map(([serial, revokedAt]) => ({
		...{ serial, revokedAt },
		...{ name: undefined, role: undefined, validUntil: undefined },
	}));
	return [...issued, ...others];
}

function findToRevoke(
	entries: readonly ListedIdentity[],
	nameOrSerial: string,
	now: Date,
): readonly Pick<ListedIdentity, 'serial'>[] {
	const wanted = nameOrSerial.toLowerCase();
	const found = entries.filter(({ name, serial }) => name === nameOrSerial || serial === wanted);
	const isSerial = /^[0-9a-f]{32}$/.test(wanted);
	// Of the node's authority, and not in the index: it may be that of an earlier version.
	if (found.length === 0 && isSerial) return [{ serial: wanted }];
	const what = `${isSerial ? 'the certificate' : 'the identity'} ${JSON.stringify(nameOrSerial)}`;
	if (found.length === 0) {
		throw new IdentityRequestError(`${what} is not known; "sonde identity list" shows what has been issued`);
	}
	const trusted = found.filter(({ revokedAt }) => revokedAt === undefined);
	if (trusted.length === 0) {
		const at = found.at(-1)?.revokedAt?.toISOString();
		throw new IdentityRequestError(`${what} was revoked on ${at}`);
	}
	const valid = trusted.filter(({ validUntil }) => validUntil === undefined || validUntil >= now);
	if (valid.length === 0) {
		const end = trusted.at(-1)?.validUntil?.toISOString();
		throw new IdentityRequestError(`${what} expired on ${end}: nothing is left to revoke`);
	}
	return valid;
}

function requireNode(stateDir: string): void {
	if (isStateDirectory(stateDir)) return;
	throw new IdentityRequestError(`${stateDir} is no state directory of a node; give it with --state DIR`);
}
