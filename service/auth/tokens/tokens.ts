import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify, type ProtectedHeaderParameters } from 'jose';
import type { Logger } from 'pino';
import { quoteInput } from '../../error.js';
import type { Identity } from '../identity.js';
import { createKeyFile } from './key-file.js';
import type { KeySource } from './key-source.js';
import { createKeyUrl, type KeyTimes } from './key-url.js';
import { createTokenCache } from './token-cache.js';
import { identityFrom, notValid } from './token-claims.js';
import type { IssuerSettings, TokenSettings } from './token-config.js';
import { refusalOf } from './token-refusal.js';

/** Finds out who a bearer token (a JWT, RFC 7519) belongs to. */
export interface TokenVerifier {
	/** @throws ServiceError TOKEN_NOT_VALID, TOKEN_EXPIRED, TOKEN_KEYS_UNAVAILABLE; its message never has the token in it. */
	verify(token: string): Promise<Identity>;
	/**
	 * Gets the keys of all issuers again and forgets which tokens are verified. Where new keys cannot be had, the old ones
	 * stay, and the log says so.
	 *
	 * @returns why, one text for each issuer whose keys could not be had.
	 */
	reload(): Promise<readonly string[]>;
	totals(): TokenTotals;
	close(): void;
}

/** Calls of `verify` since the start. */
export interface TokenTotals {
	/** With a look at the signature. */
	readonly verified: bigint;
	/** Known from a call before. */
	readonly remembered: bigint;
	readonly refused: bigint;
}

/** Who is told of changes, and how a test's verifier differs from a node's. */
export interface TokenOptions {
	/** Keys have changed: tokens that were taken may not be any more. Default: nobody is told. */
	readonly onChange?: () => void;
	readonly times?: Partial<KeyTimes>;
	/** How often key files are looked at, ms. */
	readonly lookMs?: number;
	/** Verified tokens that are remembered. */
	readonly capacity?: number;
}

/** Longest token, bytes: longer than those of issuers with many groups, and soon refused. */
const MAX_TOKEN_BYTES = 8192;
/** With claims, some 10 MiB if all are as long as they may be. */
const REMEMBERED_TOKENS = 1024;

const SIGNED = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const ENCRYPTED = /^[\w-]*(?:\.[\w-]*){4}$/;
/** RFC 7515, 4.1.9, and RFC 9068. Other kinds, such as logout tokens, are signed with the same keys. */
const TYPES = ['jwt', 'application/jwt', 'at+jwt', 'application/at+jwt'];

interface TrustedIssuer {
	readonly settings: IssuerSettings;
	readonly keys: KeySource;
}

/** Makes a verifier for tokens of these issuers. @throws Error with a message of one line when a key file cannot be used. */
export async function createTokenVerifier(
	issuers: TokenSettings,
	log: Logger,
	{ onChange, times, lookMs, capacity = REMEMBERED_TOKENS }: TokenOptions = {},
): Promise<TokenVerifier> {
	const cache = createTokenCache(capacity);
	const trusted = new Map<string, TrustedIssuer>();
	const running = new Map<string, Promise<Identity>>();
	let [verified, remembered, refused] = [0n, 0n, 0n];

	function forget(): void {
		cache.clear();
		// One that began with the old keys is not what is asked for from now on.
		running.clear();
		onChange?.();
	}

	function close(): void {
		for (const { keys } of trusted.values()) keys.close();
	}

	try {
		for (const settings of issuers) {
			const { issuer, algorithms, keys } = settings;
			const shared = { algorithms, log, onChange: forget };
			const source =
				keys.kind === 'file'
					? await createKeyFile({ ...shared, file: keys.file, lookMs })
					: await createKeyUrl({ ...shared, issuer, url: keys.url, ca: keys.ca, times });
			trusted.set(issuer, { settings, keys: source });
		}
	} catch (error) {
		close();
		throw error;
	}

	async function verifySignature(token: string, hash: string): Promise<Identity> {
		const { generation } = cache;
		const { settings, keys } = issuerOf(token, trusted);
		const now = new Date();
		try {
			const { payload } = await jwtVerify(token, (header, input) => keys.keyFor(header, input), {
				issuer: settings.issuer,
				audience: [...settings.audiences],
				algorithms: [...settings.algorithms],
				requiredClaims: ['exp'],
				clockTolerance: Number(settings.clockSkewNs) / 1e9,
				currentDate: now,
			});
			const identity = identityFrom(payload, settings, now);
			cache.set(hash, identity, keys.freshUntil(), generation);
			return identity;
		} catch (error) {
			throw refusalOf(error, settings);
		}
	}

	return {
		async verify(token) {
			try {
				const bytes = Buffer.byteLength(token);
				if (bytes > MAX_TOKEN_BYTES) {
					throw notValid(`the token has ${bytes} bytes, must be at most ${MAX_TOKEN_BYTES}`);
				}
				// Not the token itself: what is in memory for long may come into a dump.
				const hash = createHash('sha256').update(token).digest('base64');
				const known = cache.get(hash) ?? running.get(hash);
				if (known !== undefined) {
					const identity = await known;
					remembered++;
					return identity;
				}
				const verification: Promise<Identity> = verifySignature(token, hash).finally(() => {
					if (running.get(hash) === verification) running.delete(hash);
				});
				running.set(hash, verification);
				const identity = await verification;
				verified++;
				return identity;
			} catch (error) {
				refused++;
				throw error;
			}
		},
		async reload() {
			const results = await Promise.allSettled([...trusted.values()].map(({ keys }) => keys.reload()));
			cache.clear();
			running.clear();
			const failures = results.flatMap((result) => {
				if (result.status === 'fulfilled') return [];
				const { reason } = result;
				return [reason instanceof Error ? reason.message : String(reason)];
			});
			for (const cause of failures) log.error({ cause }, 'keys for tokens stay as they were');
			return failures;
		},
		totals: () => ({ verified, remembered, refused }),
		close,
	};
}

/** By what the token says of itself, which nothing has proved yet. @throws ServiceError TOKEN_NOT_VALID. */
function issuerOf(token: string, trusted: ReadonlyMap<string, TrustedIssuer>): TrustedIssuer {
	if (ENCRYPTED.test(token)) throw notValid('the token is encrypted; this node takes signed ones only');
	const { header, issuer } = decode(token);
	if (header.typ !== undefined && !TYPES.includes(String(header.typ).toLowerCase())) {
		throw notValid(`the token is a ${quoteInput(String(header.typ))}, must be a "JWT" or "at+jwt"`);
	}
	if (issuer === undefined) throw notValid('the token has no claim "iss"');
	const found = typeof issuer === 'string' ? trusted.get(issuer) : undefined;
	if (found === undefined) {
		throw notValid(`the token is from ${quoteInput(String(issuer))}, which this node does not trust`);
	}
	const { algorithms } = found.settings;
	if (!algorithms.some((name) => name === header.alg)) {
		const allowed = algorithms.join(', ');
		throw notValid(
			header.alg === 'none'
				? `the token is not signed; it must be, with one of ${allowed}`
				: `the token is signed with ${quoteInput(String(header.alg))}, must be one of ${allowed}`,
		);
	}
	return found;
}

function decode(token: string): { readonly header: ProtectedHeaderParameters; readonly issuer: unknown } {
	try {
		if (SIGNED.test(token)) return { header: decodeProtectedHeader(token), issuer: decodeJwt(token).iss };
	} catch {
		// What is wrong in detail would repeat a piece of it.
	}
	throw notValid('the token is not a JWT: three parts in base64url with dots between them');
}
