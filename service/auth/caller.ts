import type { Metadata } from '@grpc/grpc-js';
import type { Role } from '../policy/role.js';
import type { Identity } from './identity.js';

/** Who made a call, and what the policy lets them do with it. */
export interface Caller {
	readonly identity: Identity;
	/** As `call.getPeer()` gives it. */
	readonly address: string;
	/** "SERVICE/METHOD", for example "TraceService/StartTrace". */
	readonly method: string;
	/** Those of their roles that allow this call, in the order of the policy; at least one. */
	readonly roles: readonly [Role, ...Role[]];
	/** All roles of theirs. */
	readonly allRoles: readonly Role[];
	/** Proves it once more, also after the call has begun. */
	readonly credential: Credential;
}

/** What a caller proves an identity with. */
export interface Credential {
	/** Of the connection, as `call.getPeer()` gives it. */
	readonly peer: string;
	/** A bearer token; undefined: none was sent. */
	readonly token: string | undefined;
}

// The interceptor and the handler of a call have nothing in common but the metadata object.
const callers = new WeakMap<Metadata, Caller>();

/** Says who makes the call with this metadata. */
export function rememberCaller(metadata: Metadata, caller: Caller): void {
	callers.set(metadata, caller);
}

/** Who makes a call, for its handler. */
export function callerOf({ metadata }: { readonly metadata: Metadata }): Caller {
	const caller = callers.get(metadata);
	// Only of a method that needs none (access.ts).
	if (caller === undefined) throw new Error('a handler asks for the caller of a call that was not checked');
	return caller;
}
