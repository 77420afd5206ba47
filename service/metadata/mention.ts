import type { Record } from '../gen/sonde/v1/record.js';

/** Something that events name by a number: a process, a cgroup, a user. Each reader is told once what it is. */
export interface Mention {
	/** What it is; undefined: more may be known in a moment. */
	record(): Record | undefined;
}
