import { BUILT_IN_ROLES } from '../policy/built-in-roles.js';
import type { Role } from '../policy/role.js';
import type { Identity } from './identity.js';

/** Who proved this name with a certificate that does not end, for tests. */
export function testIdentity(name: string): Identity {
	return { name, kind: 'certificate', validUntil: undefined, claims: {} };
}

/** A caller with a built-in role, for tests. */
export function testUser(
	name: string,
	role = 'admin',
): { readonly identity: Identity; readonly roles: readonly [Role]; readonly allRoles: readonly Role[] } {
	const found = BUILT_IN_ROLES.find((each) => each.name === role);
	if (found === undefined) throw new Error(`there is no role ${role}`);
	return { identity: testIdentity(name), roles: [found], allRoles: [found] };
}
