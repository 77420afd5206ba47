import { BUILT_IN_ROLES } from './built-in-roles.js';
import { parsePattern } from './pattern.js';
import { byName, type Policy } from './policy.js';

/**
 * Where nobody has written one: the node's own authority names the role of an identity in its SPIFFE id, and on the unix
 * socket root and the node's own user are administrators. Others have no role.
 */
export function defaultPolicy(nodeId: string): Policy {
	const own = `spiffe://sonde/${nodeId}`;
	const uids = [...new Set([0, process.geteuid?.() ?? 0])];
	const named: readonly (readonly [pattern: string, role: string])[] = [
		[`${own}/admin`, 'admin'],
		...BUILT_IN_ROLES.map(({ name }): [string, string] => [`${own}/${name}/*`, name]),
		...uids.map((uid): [string, string] => [`unix:uid=${uid}`, 'admin']),
		['anonymous', 'viewer'],
	];
	return {
		source: 'the default policy',
		roles: BUILT_IN_ROLES,
		grants: named.map(([text, role]) => ({
			...{ place: 'the default policy', text },
			matches: byName(parsePattern(text)),
			roles: BUILT_IN_ROLES.filter(({ name }) => name === role),
		})),
	};
}
