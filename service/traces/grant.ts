import type { Role, RoleQuotas } from '../policy/role.js';
import type { NodeLimits } from './node-limits.js';
import { withRole } from './role-limits.js';

/** What a trace may do: as its owner's role was when it was started, for as long as it lives. */
export interface Grant {
	readonly role: string;
	/** Over the common context; every event has passed it. Empty: none. */
	readonly filter: string;
	/** Fields, or classes of them, that are blank in every event. */
	readonly redact: readonly string[];
	readonly limits: NodeLimits;
	readonly quotas: RoleQuotas;
}

/** What a role grants on a node. */
export function grantOf(role: Role, limits: NodeLimits): Grant {
	const { name, filter, redact, quotas } = role;
	return { role: name, filter, redact, limits: withRole(limits, role), quotas };
}

/** Whether a role, as it is now, still grants a trace what it was started with. */
export function stillGrants(role: Role, { filter, redact }: Grant): boolean {
	return role.filter === filter && role.redact.join() === redact.join();
}
