import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';

/** What a caller proves itself with, and by what it knows the node. All PEM. */
export interface Identity {
	/** Certificate of the authority that signed the node's certificate. */
	readonly ca: string | Uint8Array;
	/** The caller's certificate, with its chain. */
	readonly cert: string | Uint8Array;
	/** Private key of cert. */
	readonly key: string | Uint8Array;
}

/** What a caller knows the node by who proves itself with a token, or not at all. */
export interface NodeAuthority {
	/** Certificate of the authority that signed the node's certificate, PEM. */
	readonly ca: string | Uint8Array;
	readonly cert?: undefined;
	readonly key?: undefined;
}

/** An identity cannot be read or is not one; the message says which file and why. */
export class IdentityError extends Error {
	override readonly name = 'IdentityError';
}

/**
 * Reads the identity that a directory holds as `ca.pem`, `cert.pem` and `key.pem`, or as `ca.pem` alone.
 *
 * @throws IdentityError when a file cannot be read, or only one of `cert.pem` and `key.pem` is there.
 */
export function loadIdentity(directory: string): Identity | NodeAuthority {
	const ca = readPem(join(directory, 'ca.pem'));
	const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
	if (!existsSync(cert) && !existsSync(key)) return { ca };
	return { ca, cert: readPem(cert), key: readPem(key) };
}

function readPem(path: string): Uint8Array {
	try {
		return readFileSync(path);
	} catch (cause) {
		throw new IdentityError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
	}
}

/** Why a system call failed, in words. */
export function reasonOf(error: unknown): string {
	const isSystemError = error instanceof Error && 'errno' in error && typeof error.errno === 'number';
	const [, reason] = (isSystemError && getSystemErrorMap().get(Number(error.errno))) || [];
	return reason ?? String(error);
}
