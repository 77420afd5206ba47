import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { findCgroupRoot } from '../cgroup-root.js';
import { quoteInput } from '../quote-input.js';

/** What filters name of the host, looked up when they are compiled. */
export interface Host {
	/** Why processes and groups that are named here are not those that the kernel means; empty: they are. */
	obstacle(): string;
	/** By its path below the root of cgroup v2, or why it is not known. */
	cgroup(path: string): Cgroup | string;
	/** Whether there is a process (not only a thread) with this id. */
	hasProcess(tgid: bigint): boolean;
	/** Inode number of a process's namespace, or why it is not known. */
	namespaceOf(tgid: bigint, kind: NamespaceKind): bigint | string;
	/** The BPF object that follows what comes and goes. */
	tracker(kind: TreeKind): Buffer;
}

/** A group of cgroup v2. */
export interface Cgroup {
	/** As events have it in process.cgroup_id. */
	readonly id: bigint;
	/** Below the root of cgroup v2. */
	readonly path: string;
	/** In cgroupfs. */
	readonly directory: string;
}

/** What a filter can follow: processes that descend from one, groups below one. */
export type TreeKind = 'processTree' | 'cgroupTree';

export type NamespaceKind = 'pid' | 'mnt';

/** Inode numbers of the first namespaces: include/linux/proc_ns.h, PROC_PID_INIT_INO and PROC_CGROUP_INIT_INO. */
const INITIAL_PID = 0xeffffffcn;
const INITIAL_CGROUP = 0xeffffffbn;

/**
 * The host that this process runs on.
 *
 * @param tracker reads a BPF object.
 */
export function createHost(tracker: (kind: TreeKind) => Buffer): Host {
	return {
		obstacle() {
			if (inode('/proc/self/ns/pid') !== INITIAL_PID)
				return 'this node sees other process ids than the kernel: a container needs the pid namespace of the host';
			// There always is one: hidepid, as systemd's ProtectProc sets it, hides it.
			if (!existsSync('/proc/1'))
				return 'this node does not see the processes of others: /proc is mounted with hidepid';
			if (inode('/proc/self/ns/cgroup') !== INITIAL_CGROUP)
				return 'this node sees other groups than the kernel: a container needs the cgroup namespace of the host';
			return '';
		},
		cgroup(path) {
			const clean = normalize(path).replace(/\/$/, '');
			const root = findCgroupRoot();
			const none = `this host has no group ${quoteInput(path)} in cgroup v2`;
			if (!path.startsWith('/') || path.includes('\0') || root === undefined) return none;
			const directory = join(root, clean);
			if (!existsSync(join(directory, 'cgroup.procs'))) return none;
			// The inode number of a group's directory is its id (kernfs, 64-bit).
			const id = inode(directory);
			return typeof id === 'string' ? none : { id, path: clean || '/', directory };
		},
		// Threads have a directory too, but not among the tasks of another.
		hasProcess: (tgid) => existsSync(`/proc/${tgid}`) && readsAsLeader(tgid),
		namespaceOf(tgid, kind) {
			if (!existsSync(`/proc/${tgid}`)) return `there is no process ${tgid}`;
			const found = inode(`/proc/${tgid}/ns/${kind}`);
			if (typeof found !== 'string') return found;
			return `the namespaces of process ${tgid} cannot be read (${found}): that takes CAP_SYS_PTRACE`;
		},
		tracker,
	};
}

/** The inode number, or the code of the error. */
function inode(path: string): bigint | string {
	try {
		return statSync(path, { bigint: true }).ino;
	} catch (error) {
		return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
	}
}

function readsAsLeader(tgid: bigint): boolean {
	try {
		return /^Tgid:\t(\d+)$/m.exec(readFileSync(`/proc/${tgid}/status`, 'latin1'))?.[1] === String(tgid);
	} catch {
		return false;
	}
}
