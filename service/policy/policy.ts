import type { Identity } from '../auth/identity.js';
import type { Pattern } from './pattern.js';
import type { Role } from './role.js';

/** Who has which roles. Whoever is not named has none. */
export interface Policy {
	/** Where it comes from, for people: a file, or that there is none. */
	readonly source: string;
	readonly roles: readonly Role[];
	readonly grants: readonly RoleGrant[];
}

/** Gives roles to some principals. */
export interface RoleGrant {
	/** Of its place in the policy, for people, for example "principals[2]". */
	readonly place: string;
	/** Whom it is for, for people. */
	readonly text: string;
	readonly matches: (identity: Identity) => boolean;
	readonly roles: readonly Role[];
}

/** The roles of a caller, in the order of the policy, each once. */
export function rolesOf(policy: Policy, identity: Identity): Role[] {
	const granted = policy.grants.filter(({ matches }) => matches(identity));
	return [...new Set(granted.flatMap(({ roles }) => roles))];
}

/** By canonical name. */
export function byName(pattern: Pattern): RoleGrant['matches'] {
	return ({ name }) => pattern(name);
}

/** By SPIFFE id, at or below a path: "spiffe://a/b" is not a prefix of "spiffe://a/bc". Only certificates prove one. */
export function bySpiffe(prefix: string): RoleGrant['matches'] {
	const path = prefix.replace(/\/$/, '');
	return ({ kind, name }) => kind === 'certificate' && (name === path || name.startsWith(`${path}/`));
}

/** By the issuer and claims of a token: a claim is the value, or a list that holds it. */
export function byToken(issuer: string, claims: Readonly<Record<string, ClaimValue>>): RoleGrant['matches'] {
	return (identity) =>
		identity.kind === 'token' &&
		identity.claims.iss === issuer &&
		Object.entries(claims).every(([name, wanted]) => {
			const value = Object.hasOwn(identity.claims, name) ? identity.claims[name] : undefined;
			return Array.isArray(value) ? value.includes(wanted) : value === wanted;
		});
}

export type ClaimValue = string | number | boolean;
