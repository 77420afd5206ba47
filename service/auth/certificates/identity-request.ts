import type { IdentityRequest, ListedIdentity } from './identity-store.js';
import type { Role } from './issued.js';

/** An identity cannot be issued or revoked so; the message says why, in one line. */
export class IdentityRequestError extends Error {
	override readonly name = 'IdentityRequestError';
}

/** X.509 bounds common names to 64 characters, SPIFFE the parts of a path to these. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** "sonde identity revoke" takes either. */
const SERIAL = /^[0-9a-f]{32}$/i;
const ADMIN = 'admin';

/**
 * Checks what is asked for against what has been issued before.
 *
 * @returns The role that the identity gets.
 * @throws IdentityRequestError.
 */
export function checkIdentityRequest(
	{ name, role, renew = false }: IdentityRequest,
	entries: readonly ListedIdentity[],
	now: Date,
): Role {
	const quoted = JSON.stringify(name);
	if (!NAME.test(name) || SERIAL.test(name)) {
		throw new IdentityRequestError(
			`the name ${quoted} must be 1 to 64 letters, digits, ".", "_" or "-", begin with a letter or digit, ` +
				'and not look like a serial number',
		);
	}
	if (name === ADMIN && role !== undefined && role !== 'admin') {
		throw new IdentityRequestError(
			`the name "admin" is the administrator's, whose role is admin, not ${role}`,
		);
	}
	const last = entries.findLast((entry) => entry.name === name && entry.revokedAt === undefined);
	if (last === undefined) {
		if (renew) throw new IdentityRequestError(`there is no identity ${quoted} to renew`);
		return role ?? (name === ADMIN ? 'admin' : 'viewer');
	}
	const isValid = last.validUntil !== undefined && last.validUntil >= now;
	if (isValid && !renew) {
		throw new IdentityRequestError(
			`the name ${quoted} is in use until ${last.validUntil?.toISOString()}, by certificate ${last.serial}; ` +
				'--renew issues another one, or revoke it before',
		);
	}
	if (isValid && role !== undefined && role !== last.role) {
		throw new IdentityRequestError(
			`${quoted} is ${last.role} until ${last.validUntil?.toISOString()}; ` +
				`revoke that before it is issued as ${role}`,
		);
	}
	return role ?? last.role ?? 'viewer';
}
