import type { Record } from '../gen/sonde/v1/record.js';
import { createBoundedMap } from './bounded-map.js';
import { cgroupFacts } from './cgroup-facts.js';
import type { Mention } from './mention.js';

/** Groups that are remembered. */
const MOST_GROUPS = 16_384;

/** The groups of cgroup v2 that events name. */
export interface CgroupTable {
	mention(id: bigint): Mention;
	clear(): void;
}

/**
 * Makes an empty table. Ids are never used again while the host runs, and a group's path does not change but by rename(2),
 * which systemd and container runtimes do not do.
 *
 * @param pathOf the path of a group below the root; empty: there is no such group any more.
 */
export function createCgroupTable(pathOf: (id: bigint) => string): CgroupTable {
	const groups = createBoundedMap<bigint, Mention>(MOST_GROUPS);
	return {
		mention(id) {
			const known = groups.get(id);
			if (known !== undefined) return known;
			const path = pathOf(id);
			const value = { cgroupId: id, path, ...cgroupFacts(path) };
			const record: Record = { kind: { $case: 'cgroup', value } };
			const mention = { record: () => record };
			groups.set(id, mention);
			return mention;
		},
		clear: groups.clear,
	};
}
