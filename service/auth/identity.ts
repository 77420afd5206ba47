/** Who calls, as far as it has been proved. */
export interface Identity {
	/** Canonical: different callers never have the same one. */
	readonly name: string;
	readonly kind: 'certificate' | 'token' | 'unix' | 'anonymous';
	/** The proof ends here; undefined: it does not. */
	readonly validUntil: Date | undefined;
	/** Of a token; empty for all others. */
	readonly claims: Readonly<Record<string, unknown>>;
}

/** Of callers who prove nothing; only where the node allows them. */
export const ANONYMOUS: Identity = {
	name: 'anonymous',
	kind: 'anonymous',
	validUntil: undefined,
	claims: {},
};
