import type { Pattern } from './pattern.js';

/** Which traces of others someone is shown. */
export type Visibility =
	/** None: they are NOT_FOUND. */
	| 'own'
	/** All, but only their owners stream, update and stop them. */
	| 'visible'
	/** All, as if they were the caller's own. */
	| 'all';

/** What a trace of a role may ask for at most; undefined: what the node allows. */
export interface RoleLimits {
	readonly eventsPerSecond?: number | undefined;
	readonly cpuBudgetPermille?: number | undefined;
	readonly retentionBytes?: number | undefined;
	readonly ringBytes?: number | undefined;
	/** ns */
	readonly maxDurationNs?: bigint | undefined;
	/** ns */
	readonly leaseNs?: bigint | undefined;
}

/** What all running traces and streams of one principal may have together; undefined: what the node allows. */
export interface RoleQuotas {
	readonly traces?: number | undefined;
	readonly streams?: number | undefined;
	readonly eventsPerSecond?: number | undefined;
	readonly cpuBudgetPermille?: number | undefined;
	readonly retentionBytes?: number | undefined;
	readonly ringBytes?: number | undefined;
}

/** What those who have it may do. */
export interface Role {
	readonly name: string;
	/** Of "SERVICE/METHOD", for example "TraceService/StartTrace". */
	readonly rpcs: readonly RolePattern[];
	/** Of ids of probes. */
	readonly probes: readonly RolePattern[];
	/** Over the common context; holds for every event of every trace of the role. Empty: none. */
	readonly filter: string;
	/** Fields, or classes of fields, that are blank in every event. */
	readonly redact: readonly string[];
	readonly traces: Visibility;
	readonly limits: RoleLimits;
	readonly quotas: RoleQuotas;
}

/** As it was written, for people. */
export interface RolePattern {
	readonly text: string;
	readonly matches: Pattern;
}

/** The pattern that allows something; undefined: none does. */
export function allowing(patterns: readonly RolePattern[], name: string): RolePattern | undefined {
	return patterns.find(({ matches }) => matches(name));
}
