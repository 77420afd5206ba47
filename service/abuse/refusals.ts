/** What callers are turned away for. */
const REFUSAL_KINDS = [
	/** The node has as many connections as it takes. */
	'connections',
	/** One address, or one user of the unix socket, has as many as it may. */
	'connections_per_address',
	/** A handshake that was too slow, or none. */
	'handshake',
	'ping_flood',
	/** Calls without a valid identity. */
	'login',
	/** Calls that the policy does not allow. */
	'policy',
	'request_rate',
	'message_size',
] as const;
export type RefusalKind = (typeof REFUSAL_KINDS)[number];

/** How often callers were turned away, since the start of the node. */
export interface Refusals {
	count(kind: RefusalKind): void;
	readonly counts: Readonly<Record<RefusalKind, number>>;
}

/** Nobody has been, yet. */
export function createRefusals(): Refusals {
	const counts = Object.fromEntries(REFUSAL_KINDS.map((kind) => [kind, 0])) as Record<RefusalKind, number>;
	return {
		counts,
		count(kind) {
			counts[kind]++;
		},
	};
}
