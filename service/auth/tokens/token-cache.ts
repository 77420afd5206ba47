import type { Identity } from '../identity.js';

/** Callers that have been verified and need not be again for some time. */
export interface TokenCache {
	get(key: string): Identity | undefined;
	/**
	 * @param freshUntilMs Of the keys that it was verified with, ms of `performance.now()`.
	 * @param generation What `generation` was before the verification: what has been cleared since is not remembered.
	 */
	set(key: string, identity: Identity, freshUntilMs: number, generation: number): void;
	/** Forgets all. */
	clear(): void;
	readonly generation: number;
}

/** Remembers at most `capacity` identities; those that were not used for the longest time go first. */
export function createTokenCache(capacity: number): TokenCache {
	const entries = new Map<string, { readonly identity: Identity; readonly freshUntilMs: number }>();
	let generation = 0;
	return {
		get generation() {
			return generation;
		},
		get(key) {
			const entry = entries.get(key);
			if (entry === undefined) return undefined;
			entries.delete(key);
			const { identity, freshUntilMs } = entry;
			const end = identity.validUntil?.getTime() ?? 0;
			if (Date.now() >= end || performance.now() >= freshUntilMs) return undefined;
			// A map lists what was set last at its end.
			entries.set(key, entry);
			return identity;
		},
		set(key, identity, freshUntilMs, verifiedIn) {
			if (verifiedIn !== generation) return;
			entries.set(key, { identity, freshUntilMs });
			const [oldest] = entries.keys();
			if (entries.size > capacity && oldest !== undefined) entries.delete(oldest);
		},
		clear() {
			generation++;
			entries.clear();
		},
	};
}
