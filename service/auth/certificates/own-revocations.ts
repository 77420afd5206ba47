import { type Authority, wrongContents } from './authority.js';
import type { RevocationList } from './revocation-list.js';
import type { StateDirectory } from './state-directory.js';

/** The list of what the node's own authority has revoked, in PEM; missing: nothing. */
export const REVOCATIONS_FILE = 'crl.pem';

/** Reads the list; undefined: there is none. @throws StateDirectoryError. */
export async function readOwnRevocations(
	state: StateDirectory,
	{ pair }: Authority,
): Promise<RevocationList | undefined> {
	const pem = await state.read(REVOCATIONS_FILE);
	if (pem === undefined) return undefined;
	const { readRevocationLists } = await import('./revocation-list.js');
	try {
		const [list] = await readRevocationLists(pem, pair.cert);
		return list;
	} catch (cause) {
		throw wrongContents(
			state,
			REVOCATIONS_FILE,
			cause instanceof Error ? cause.message : String(cause),
			cause,
		);
	}
}

/**
 * Signs the next list, with more serial numbers. What is in a list stays there: the index of certificates, which may be
 * lost, has no say in what has been revoked. Hold the lock.
 */
export async function addRevocations(
	state: StateDirectory,
	authority: Authority,
	serials: readonly string[],
	now: Date,
): Promise<void> {
	const before = await readOwnRevocations(state, authority);
	const { createRevocationList, normalizeSerial } = await import('./revocation-list.js');
	const revoked = [
		...(before?.revoked ?? []),
		...serials.map((serial) => ({ serial: normalizeSerial(serial), at: now })),
	];
	const number = (before?.number ?? 0n) + 1n;
	await state.write(REVOCATIONS_FILE, await createRevocationList(authority.pair, revoked, number, now));
}
