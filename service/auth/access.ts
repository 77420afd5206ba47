import { quoteInput, ServiceError } from '../error.js';
import { type Policy, rolesOf } from '../policy/policy.js';
import { allowing } from '../policy/role.js';
import type { Caller, Credential } from './caller.js';
import type { PeerIdentity } from './connections/peer-identity.js';
import { ANONYMOUS, type Identity } from './identity.js';

/** Services that a configuration can open to callers without an identity. */
export const OPENABLE_SERVICES = { health: 'Health/', reflection: 'ServerReflection/' } as const;
export type OpenService = keyof typeof OPENABLE_SERVICES;

/** Decides about calls. */
export interface Access {
	/** Whether this method needs no caller. */
	isOpen(method: string): boolean;
	/**
	 * Finds out who calls.
	 *
	 * @throws ServiceError CERTIFICATE_MISSING, CERTIFICATE_NOT_TRUSTED, CERTIFICATE_EXPIRED, CERTIFICATE_REVOKED, what
	 *   TokenVerifier.verify throws.
	 */
	identify(credential: Credential): Promise<Identity>;
	/** Whether they may. @throws ServiceError RPC_NOT_ALLOWED. */
	authorize(identity: Identity, credential: Credential, method: string): Caller;
}

interface AccessInit {
	/** Who is at the other end of a connection; undefined: it has been closed. */
	readonly identityOf: (peer: string) => PeerIdentity | undefined;
	/** Undefined: this node takes no tokens. */
	readonly verifyToken: ((token: string) => Promise<Identity>) | undefined;
	readonly policy: () => Policy;
	readonly allowAnonymous: boolean;
	readonly open: readonly OpenService[];
}

/** Makes what decides. Default: deny. */
export function createAccess({ identityOf, verifyToken, policy, allowAnonymous, open }: AccessInit): Access {
	const openPrefixes = open.map((service) => OPENABLE_SERVICES[service]);

	/** A token says more than the connection: whoever sends one wants to be called so, and falls back to nothing. */
	async function identify({ peer, token }: Credential): Promise<Identity> {
		if (token !== undefined) {
			if (verifyToken !== undefined) return verifyToken(token);
			throw new ServiceError(
				'TOKEN_NOT_VALID',
				'a token was sent, and this node is not configured to take any',
			);
		}
		const found = identityOf(peer);
		if (found === undefined) throw connectionGone();
		if (found.kind === 'accepted') return found.identity;
		if (allowAnonymous && found.error.reason === 'CERTIFICATE_MISSING') return ANONYMOUS;
		throw found.error;
	}

	return {
		isOpen: (method) => openPrefixes.some((prefix) => method.startsWith(prefix)),
		identify,
		authorize(identity, credential, method) {
			const all = rolesOf(policy(), identity);
			const roles = all.filter(({ rpcs }) => allowing(rpcs, method) !== undefined);
			const [first, ...others] = roles;
			if (first !== undefined)
				return {
					identity,
					address: credential.peer,
					method,
					roles: [first, ...others],
					allRoles: all,
					credential,
				};
			const why =
				all.length === 0
					? 'the policy of this node gives them no role'
					: `their roles (${all.map(({ name }) => name).join(', ')}) do not allow it`;
			throw new ServiceError(
				'RPC_NOT_ALLOWED',
				`${quoteInput(identity.name)} may not call ${method}: ${why}`,
			);
		},
	};
}

/** Of a path such as "/sonde.v1.TraceService/StartTrace", as policies write it. */
export function methodOf(path: string): string {
	const [, service = '', method = ''] = path.split('/');
	return `${service.slice(service.lastIndexOf('.') + 1)}/${method}`;
}

function connectionGone(): ServiceError {
	return new ServiceError('CERTIFICATE_MISSING', 'the connection has no identity, it may have been closed');
}
