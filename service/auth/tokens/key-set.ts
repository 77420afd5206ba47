import { createLocalJWKSet, errors, importJWK, type JWK, type LocalJWKSet } from 'jose';
import { quoteInput } from '../../quote-input.js';
import { SIGNATURE_ALGORITHMS } from './token-config.js';

/** The public keys of an issuer that its tokens may be signed with. */
export interface KeySet {
	/** The one key that fits a token's header. @throws one of jose's errors. */
	readonly find: LocalJWKSet;
	readonly count: number;
	/** What is wrong with keys that were left out, for the log. */
	readonly ignored: readonly string[];
	/** As it was read. */
	readonly text: string;
}

/** Largest file or answer, bytes: a hundred RSA keys with certificates. */
export const MAX_KEY_SET_BYTES = 1024 * 1024;
/** Each unknown token may be compared with all of them. */
const MAX_KEYS = 100;
/** jose refuses shorter ones too, but only when a token comes. */
const MIN_RSA_BITS = 2048;
// RFC 7518, 6.2.2, 6.3.2 and 6.4, and RFC 8037.
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/**
 * Reads a JWKS (RFC 7517). Keys for other uses and algorithms are left out, as the standard asks for.
 *
 * @throws Error with a message of one line when it is none, has a private key, or no key for any of the algorithms.
 */
export async function parseKeySet(text: string, algorithms: readonly string[]): Promise<KeySet> {
	const keys = keysIn(text);
	const ignored: string[] = [];
	const usable: JWK[] = [];
	for (const [index, key] of keys.entries()) {
		// Before anything else: it is in the wrong hands, whatever it is for.
		const secret = PRIVATE_MEMBERS.find((member) => Object.hasOwn(key, member));
		if (secret !== undefined) {
			throw new Error(
				`keys[${index}] is a private or shared key (it has "${secret}"); take public keys only`,
			);
		}
		const fitting = algorithmsOf(key, algorithms);
		if (fitting.length === 0) continue;
		const problem = await problemOf(key, fitting);
		if (problem === undefined) usable.push(key);
		else ignored.push(`keys[${index}] ${problem}`);
	}
	if (usable.length === 0) {
		const reasons = ignored.length > 0 ? `: ${ignored.join('; ')}` : '';
		throw new Error(`it has no key for ${algorithms.join(', ')}${reasons}`);
	}
	return { find: createLocalJWKSet({ keys: usable }), count: usable.length, ignored, text };
}

function keysIn(text: string): JWK[] {
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch {
		// V8's message repeats a piece of the text.
		throw new Error('it is not JSON');
	}
	const keys: unknown = Reflect.get(Object(content), 'keys');
	if (!Array.isArray(keys)) throw new Error('it is not a JWKS: it has no list "keys"');
	if (keys.length > MAX_KEYS) throw new Error(`it has ${keys.length} keys, must be at most ${MAX_KEYS}`);
	const wrong = keys.findIndex((key) => typeof key !== 'object' || key === null || Array.isArray(key));
	if (wrong >= 0) throw new Error(`keys[${wrong}] is not an object`);
	return keys;
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
	EC: ['ES256', 'ES384', 'ES512'],
	OKP: ['EdDSA', 'Ed25519'],
	RSA: SIGNATURE_ALGORITHMS.filter((name) => /^[PR]S/.test(name)),
};
const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** Those of the allowed algorithms that a key is for. */
function algorithmsOf({ kty = '', use, alg, crv }: JWK, allowed: readonly string[]): string[] {
	if (use !== undefined && use !== 'sig') return [];
	const ofKind = Object.hasOwn(KINDS, kty) ? (KINDS[kty] ?? []) : [];
	return ofKind.filter(
		(name) =>
			allowed.includes(name) &&
			(alg === undefined || alg === name) &&
			(CURVES[name] === undefined || CURVES[name] === crv),
	);
}

async function problemOf(key: JWK, [algorithm]: string[]): Promise<string | undefined> {
	if (key.kid !== undefined && typeof key.kid !== 'string') return 'has a "kid" that is no text';
	try {
		const imported = await importJWK(key, algorithm);
		if (!('algorithm' in imported)) return 'is not a public key';
		const bits: unknown = Reflect.get(imported.algorithm, 'modulusLength');
		return typeof bits === 'number' && bits < MIN_RSA_BITS
			? `(${quoteInput(key.kid ?? '')}) has ${bits} bits, must be at least ${MIN_RSA_BITS}`
			: undefined;
	} catch (error) {
		const message = error instanceof errors.JOSEError || error instanceof Error ? error.message : '';
		return `(${quoteInput(key.kid ?? '')}) cannot be read: ${quoteInput(message)}`;
	}
}
