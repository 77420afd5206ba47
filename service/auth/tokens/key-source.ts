import type { CryptoKey, FlattenedJWSInput, JWSHeaderParameters } from 'jose';

/** The public keys of an issuer, as they are now. */
export interface KeySource {
	/**
	 * The key that fits a token's header.
	 *
	 * @throws ServiceError TOKEN_KEYS_UNAVAILABLE; one of jose's errors when no key or several fit.
	 */
	keyFor(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey>;
	/** Until when the keys count as those of the issuer, ms of `performance.now()`. */
	freshUntil(): number;
	/** Gets the keys again, and keeps those that it has when they cannot be had. @throws Error that says why. */
	reload(): Promise<void>;
	close(): void;
}
