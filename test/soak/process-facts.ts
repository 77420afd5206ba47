import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What a process holds. */
export interface ProcessFacts {
	readonly fds: number;
	/** The same by what they are, for people. */
	readonly kinds: string;
	readonly threads: number;
	readonly residentBytes: number;
	/** Ids of the BPF programs and maps that it has open. */
	readonly programs: readonly number[];
	readonly maps: readonly number[];
}

/** Looks into /proc. */
export function readProcessFacts(pid: number): ProcessFacts {
	const programs = new Set<number>();
	const maps = new Set<number>();
	const fds = readdirSync(`/proc/${pid}/fd`);
	for (const fd of fds) {
		const info = readIfThere(`/proc/${pid}/fdinfo/${fd}`);
		for (const [, kind, id] of info.matchAll(/^(prog|map)_id:\s*(\d+)/gm)) {
			(kind === 'prog' ? programs : maps).add(Number(id));
		}
	}
	const [, kib = '0'] = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return {
		fds: fds.length,
		kinds: kindsOf(fds.map((fd) => `/proc/${pid}/fd/${fd}`)),
		threads: readdirSync(`/proc/${pid}/task`).length,
		residentBytes: Number(kib) * 1024,
		programs: [...programs],
		maps: [...maps],
	};
}

/**
 * Connections that this process itself holds: now and then one of a client that was closed in the middle of a stream stays
 * open on the client's side, and the node can only keep its end, too.
 */
export function countOwnSockets(): number {
	const paths = readdirSync('/proc/self/fd').map((fd) => `/proc/self/fd/${fd}`);
	return paths.filter((path) => linkIfThere(path).startsWith('socket:')).length;
}

/** A file may be closed between the list and the look. */
function readIfThere(path: string): string {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return '';
	}
}

function kindsOf(paths: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const path of paths) {
		const kind = linkIfThere(path).replace(/:?\[?\d+\]?$/, '');
		counts.set(kind, (counts.get(kind) ?? 0) + 1);
	}
	return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function linkIfThere(path: string): string {
	try {
		return readlinkSync(path);
	} catch {
		return 'closed meanwhile';
	}
}
