import { create } from '@bufbuild/protobuf';
import {
	type Accounting,
	AccountingSchema,
	type StageCounts,
	StageCountsSchema,
} from '../../clients/typescript/index.js';

/** Those of StageCounts that never go down. */
export const COUNTERS = [
	'fired',
	'paused',
	'sampledOut',
	'startLost',
	'filterError',
	'rejected',
	'matched',
	'rateLimited',
	'ringFull',
	'aggregated',
	'delivered',
	'encoded',
	'overLimit',
] as const satisfies readonly (keyof StageCounts)[];

/** An accounting, or a part of one. */
export interface Counted {
	readonly total?: StageCounts | undefined;
	readonly probes?: readonly StageCounts[];
}

/** Counters that are less than they were, in words. */
export function fallenCounters(before: Counted | undefined, after: Counted): string[] {
	const fallen: string[] = [];
	const compare = (name: string, was: StageCounts | undefined, is: StageCounts | undefined) => {
		if (was === undefined || is === undefined) return;
		for (const counter of COUNTERS) {
			if (is[counter] < was[counter])
				fallen.push(`${name}.${counter} was ${was[counter]}, is ${is[counter]}`);
		}
		if ((is.missed ?? 0n) < (was.missed ?? 0n))
			fallen.push(`${name}.missed was ${was.missed}, is ${is.missed}`);
	};
	compare('total', before?.total, after.total);
	before?.probes?.forEach((probe, i) => {
		compare(`probes[${i}]`, probe, after.probes?.[i]);
	});
	return fallen;
}

/** What both together say at least. */
export function greatest(one: Accounting | undefined, other: Accounting): Accounting {
	if (one === undefined) return other;
	return create(AccountingSchema, {
		...optionalTotal(greater(one.total, other.total)),
		probes: other.probes.map((probe, i) => greater(one.probes[i], probe) ?? probe),
	});
}

/** The sum of many. */
export function addCounts(sum: StageCounts, counts: StageCounts): StageCounts {
	const added = create(StageCountsSchema);
	for (const counter of COUNTERS) added[counter] = sum[counter] + counts[counter];
	return added;
}

function optionalTotal(total: StageCounts | undefined) {
	return total === undefined ? {} : { total };
}

function greater(one: StageCounts | undefined, other: StageCounts | undefined): StageCounts | undefined {
	if (one === undefined || other === undefined) return one ?? other;
	const result = create(StageCountsSchema, { missed: larger(one.missed ?? 0n, other.missed ?? 0n) });
	for (const counter of COUNTERS) result[counter] = larger(one[counter], other[counter]);
	return result;
}

function larger(one: bigint, other: bigint): bigint {
	const isOne = one > other;
	return isOne ? one : other;
}
