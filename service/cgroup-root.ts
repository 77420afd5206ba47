import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where cgroup v2 is mounted: alone, or beside v1. */
const CGROUP_ROOTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/** undefined: this host has no cgroup v2. */
export function findCgroupRoot(): string | undefined {
	return CGROUP_ROOTS.find((directory) => existsSync(join(directory, 'cgroup.procs')));
}
