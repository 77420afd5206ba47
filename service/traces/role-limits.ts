import type { Role, RoleLimits, RoleQuotas } from '../policy/role.js';
import type { Bounds } from './limits.js';
import type { NodeLimits } from './node-limits.js';

/** What a node allows a trace of a role: whichever of the two is less. One trace may take all of a quota. */
export function withRole(limits: NodeLimits, role: Pick<Role, 'limits' | 'quotas'>): NodeLimits {
	const { trace } = limits;
	const least = (kind: keyof RoleLimits & keyof RoleQuotas) =>
		Math.min(role.limits[kind] ?? Number.POSITIVE_INFINITY, role.quotas[kind] ?? Number.POSITIVE_INFINITY);
	return {
		...limits,
		lease: atMost(limits.lease, role.limits.leaseNs),
		maxDuration: atMost(limits.maxDuration, role.limits.maxDurationNs),
		trace: {
			eventsPerSecond: limited(trace.eventsPerSecond, least('eventsPerSecond')),
			cpuBudgetPermille: limited(trace.cpuBudgetPermille, least('cpuBudgetPermille')),
			// Rounded up to a power of two, it must still not be more.
			ringBytes: atMost(trace.ringBytes, 2 ** Math.floor(Math.log2(least('ringBytes')))),
			retentionBytes: atMost(trace.retentionBytes, least('retentionBytes')),
		},
	};
}

function atMost<T extends number | bigint>(bounds: Bounds<T>, most: T | undefined): Bounds<T> {
	if (most === undefined || most >= bounds.max) return bounds;
	return { min: bounds.min, max: most, fallback: bounds.fallback > most ? most : bounds.fallback };
}

/** Of what 0 means "no limit". */
function limited(bounds: Bounds<number>, most: number): Bounds<number> {
	if (most === Number.POSITIVE_INFINITY) return bounds;
	const narrow = atMost(bounds, most);
	return { ...narrow, min: 1, fallback: narrow.fallback === 0 ? narrow.max : narrow.fallback };
}
