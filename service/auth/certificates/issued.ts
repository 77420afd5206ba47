import { wrongContents } from './authority.js';
import type { StateDirectory } from './state-directory.js';

/** What callers may be by their certificate; the node's policy says what that allows. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A client certificate that the node's own authority has issued. Its key is not kept here. */
export interface IssuedCertificate {
	readonly name: string;
	readonly role: Role;
	/** Lower-case hexadecimal digits. */
	readonly serial: string;
	/** ISO 8601, UTC. */
	readonly validUntil: string;
}

const ISSUED_FILE = 'issued.json';
/** Of an expired certificate, to be looked up when it turns up in a log. */
const KEEP_EXPIRED_MS = 90 * 86_400_000;

/** Reads the index of client certificates, oldest first. @throws StateDirectoryError. */
export async function readIssued(state: StateDirectory): Promise<readonly IssuedCertificate[]> {
	const text = await state.read(ISSUED_FILE);
	if (text === undefined) return [];
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch (cause) {
		throw wrongContents(state, ISSUED_FILE, 'is no JSON', cause);
	}
	const list: unknown = Reflect.get(Object(content), 'certificates');
	if (!Array.isArray(list) || !list.every(isIssued)) {
		throw wrongContents(state, ISSUED_FILE, 'is no list of certificates that this version can read');
	}
	return list;
}

/** Adds certificates to the index, and forgets those that expired long ago. Hold the lock. */
export async function addIssued(
	state: StateDirectory,
	added: readonly IssuedCertificate[],
	now: Date,
): Promise<void> {
	const oldest = now.getTime() - KEEP_EXPIRED_MS;
	const kept = (await readIssued(state)).filter(({ validUntil }) => Date.parse(validUntil) > oldest);
	await state.write(ISSUED_FILE, `${JSON.stringify({ certificates: [...kept, ...added] }, null, '\t')}\n`);
}

function isIssued(value: unknown): value is IssuedCertificate {
	const text = (name: keyof IssuedCertificate) => String(Reflect.get(Object(value), name));
	return (
		text('name') !== '' &&
		ROLES.some((role) => role === text('role')) &&
		/^[0-9a-f]+$/.test(text('serial')) &&
		!Number.isNaN(Date.parse(text('validUntil')))
	);
}
