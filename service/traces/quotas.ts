import { type Reason, ServiceError } from '../error.js';
import type { NodeLimits } from './node-limits.js';

/** What is limited, for one owner and for all together. */
export interface Demand {
	readonly traces?: number;
	readonly subscribers?: number;
	readonly retentionBytes?: number;
	readonly ringBytes?: number;
	/** Of filters that follow processes: each takes some 8 MB, and slows every fork and exit of the host. */
	readonly processTrees?: number;
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
	 * @returns what gives it back; may be called twice.
	 * @throws ServiceError TOO_MANY_TRACES, TOO_MANY_STREAMS, TOO_MUCH_MEMORY: names the limit and what is in use.
	 */
	take(owner: string, demand: Demand): () => void;
}

const KINDS = [
	'traces',
	'subscribers',
	'retentionBytes',
	'ringBytes',
	'processTrees',
	'cgroupTrees',
] as const;
type Kind = (typeof KINDS)[number];

const WORDS: Readonly<Record<Kind, { readonly name: string; readonly reason: Reason }>> = {
	traces: { name: 'traces', reason: 'TOO_MANY_TRACES' },
	subscribers: { name: 'streams', reason: 'TOO_MANY_STREAMS' },
	retentionBytes: { name: 'bytes of retention', reason: 'TOO_MUCH_MEMORY' },
	ringBytes: { name: 'bytes of ring buffers', reason: 'TOO_MUCH_MEMORY' },
	processTrees: { name: 'uses of descends_from', reason: 'TOO_MUCH_MEMORY' },
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
		cgroupTrees: limits.cgroupTreesPerOwner,
	};

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
		take(owner, demand) {
			check(owners.get(owner) ?? nothing(), ofOwner, demand, 'one caller');
			check(all, limits, demand, 'this node');
			add(owner, demand, 1);
			let isTaken = true;
			return () => {
				if (isTaken) add(owner, demand, -1);
				isTaken = false;
			};
		},
	};
}

function nothing(): Record<Kind, number> {
	return { traces: 0, subscribers: 0, retentionBytes: 0, ringBytes: 0, processTrees: 0, cgroupTrees: 0 };
}
