import { readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';

/** What filters name of the host, looked up when they are compiled. */
export interface Host {
	/** By its path below the root of cgroup v2; undefined: there is none. */
	cgroup(path: string): Cgroup | undefined;
	/** Inode number of a process's namespace; undefined: there is no such process. */
	namespaceOf(tgid: number, kind: NamespaceKind): bigint | undefined;
	/** The BPF object that follows forks and exits. */
	processTree(): Buffer;
}

/** A group of cgroup v2. */
export interface Cgroup {
	/** As bpf_get_current_ancestor_cgroup_id gives it. */
	readonly id: bigint;
	/** The root is at 0. */
	readonly level: number;
}

export type NamespaceKind = 'pid' | 'mnt';

/** Where cgroup v2 is mounted: alone, or beside v1. */
const CGROUP_ROOTS = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

/**
 * The host that this process runs on.
 *
 * @param processTree reads the BPF object.
 */
export function createHost(processTree: () => Buffer): Host {
	return {
		cgroup(path) {
			const clean = normalize(path).replace(/\/$/, '');
			const root = CGROUP_ROOTS.find((directory) => exists(join(directory, 'cgroup.procs')));
			if (!path.startsWith('/') || root === undefined) return undefined;
			const directory = join(root, clean);
			if (!exists(join(directory, 'cgroup.procs'))) return undefined;
			// The inode number of a group's directory is its id (kernfs, 64-bit).
			const { ino } = statSync(directory, { bigint: true });
			return { id: ino, level: clean.split('/').filter((part) => part !== '').length };
		},
		namespaceOf(tgid, kind) {
			try {
				return statSync(`/proc/${tgid}/ns/${kind}`, { bigint: true }).ino;
			} catch {
				return undefined;
			}
		},
		processTree,
	};
}

function exists(path: string): boolean {
	try {
		readFileSync(path);
		return true;
	} catch {
		return false;
	}
}
