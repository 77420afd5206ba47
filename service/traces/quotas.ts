import { type Reason, ServiceError } from '../error.js';
import type { RoleQuotas } from '../policy/role.js';
import type { NodeLimits } from './node-limits.js';

/** What is limited, for one owner and for all together. */
export interface Demand {
	readonly traces?: number;
	readonly subscribers?: number;
	readonly retentionBytes?: number;
	readonly ringBytes?: number;
	/** Of filters that follow processes: each takes some 8 MB, and slows every fork and exit of the host. */
	readonly processTrees?: number;
	/** Limits of running traces, 0 for one that has none: where a role bounds the sum, each has one (role-limits.ts). */
	readonly eventsPerSecond?: number;
	readonly cpuBudgetPermille?: number;
	/** Groups that filters follow, each once a trace: all that ask for one share it, and it takes some 1.5 MB. */
	readonly cgroupTrees?: number;
}

/** What is in use. */
export type Usage = Readonly<Required<Demand>>;

/** Gives out what the node has, to owners. */
export interface Quotas {
	/** In use by all. */
	readonly usage: Usage;
	/**
	 * Takes all of a demand or nothing; negative numbers give back.
	 *
	 * @param role What the owner may have by their role, where that is less.
	 * @returns what gives it back; may be called twice.
	 * @throws ServiceError TOO_MANY_TRACES, TOO_MANY_STREAMS, TOO_MUCH_MEMORY, QUOTA_EXCEEDED: names the limit and what is in use.
	 */
	take(owner: string, demand: Demand, role?: RoleQuotas): () => void;
}

const KINDS = [
	'traces',
	'subscribers',
	'retentionBytes',
	'ringBytes',
	'processTrees',
	'eventsPerSecond',
	'cpuBudgetPermille',
	'cgroupTrees',
] as const;
type Kind = (typeof KINDS)[number];

const WORDS: Readonly<Record<Kind, { readonly name: string; readonly reason: Reason }>> = {
	traces: { name: 'traces', reason: 'TOO_MANY_TRACES' },
	subscribers: { name: 'streams', reason: 'TOO_MANY_STREAMS' },
	retentionBytes: { name: 'bytes of retention', reason: 'TOO_MUCH_MEMORY' },
	ringBytes: { name: 'bytes of ring buffers', reason: 'TOO_MUCH_MEMORY' },
	processTrees: { name: 'uses of descends_from', reason: 'TOO_MUCH_MEMORY' },
	eventsPerSecond: { name: 'events per second', reason: 'QUOTA_EXCEEDED' },
	cpuBudgetPermille: { name: 'thousandths of a core', reason: 'QUOTA_EXCEEDED' },
	cgroupTrees: { name: 'uses of cgroup_under', reason: 'TOO_MUCH_MEMORY' },
};

/** Makes quotas of which nothing is in use. */
export function createQuotas(limits: NodeLimits): Quotas {
	const all = nothing();
	const owners = new Map<string, Record<Kind, number>>();
	const ofOwner: Readonly<Record<Kind, number>> = {
		traces: limits.tracesPerOwner,
		subscribers: limits.subscribersPerOwner,
		retentionBytes: limits.retentionBytesPerOwner,
		ringBytes: limits.ringBytesPerOwner,
		processTrees: limits.processTreesPerOwner,
		...UNBOUNDED,
		cgroupTrees: limits.cgroupTreesPerOwner,
	};
	const ofAll = { ...limits, ...UNBOUNDED };

	function check(used: Usage, most: Usage, demand: Demand, whose: string): void {
		for (const kind of KINDS) {
			const asked = demand[kind] ?? 0;
			if (asked <= 0 || used[kind] + asked <= most[kind]) continue;
			const { name, reason } = WORDS[kind];
			const format = (value: number) => value.toLocaleString('en-US');
			throw new ServiceError(
				reason,
				`${whose} may have ${format(most[kind])} ${name}: ${format(used[kind])} are in use, ` +
					`${format(asked)} more were asked for`,
			);
		}
	}

	function add(owner: string, demand: Demand, sign: 1 | -1): void {
		const own = owners.get(owner) ?? nothing();
		for (const kind of KINDS) {
			const asked = sign * (demand[kind] ?? 0);
			own[kind] += asked;
			all[kind] += asked;
		}
		if (KINDS.every((kind) => own[kind] === 0)) owners.delete(owner);
		else owners.set(owner, own);
	}

	return {
		usage: all,
		take(owner, demand, role = {}) {
			const own = owners.get(owner) ?? nothing();
			check(own, mostOfRole(role), demand, 'your role');
			check(own, ofOwner, demand, 'one caller');
			check(all, ofAll, demand, 'this node');
			add(owner, demand, 1);
			let isTaken = true;
			return () => {
				if (isTaken) add(owner, demand, -1);
				isTaken = false;
			};
		},
	};
}

const UNBOUNDED = { eventsPerSecond: Number.POSITIVE_INFINITY, cpuBudgetPermille: Number.POSITIVE_INFINITY };

function mostOfRole({ streams, ...role }: RoleQuotas): Usage {
	const most = (value: number | undefined) => value ?? Number.POSITIVE_INFINITY;
	return {
		traces: most(role.traces),
		subscribers: most(streams),
		retentionBytes: most(role.retentionBytes),
		ringBytes: most(role.ringBytes),
		processTrees: Number.POSITIVE_INFINITY,
		cgroupTrees: Number.POSITIVE_INFINITY,
		eventsPerSecond: most(role.eventsPerSecond),
		cpuBudgetPermille: most(role.cpuBudgetPermille),
	};
}

function nothing(): Record<Kind, number> {
	return {
		...{ traces: 0, subscribers: 0, retentionBytes: 0, ringBytes: 0, processTrees: 0, cgroupTrees: 0 },
		...{ eventsPerSecond: 0, cpuBudgetPermille: 0 },
	};
}
