// Groups of cgroup v2 for tests.
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCgroupRoot } from '../../service/cgroup-root.js';
import type { Hooks } from './child.js';

const ROOT = findCgroupRoot();

/** For tests that need cgroup v2. */
export const SKIP_WITHOUT_CGROUPS = ROOT === undefined && 'this host has no cgroup v2';

/** A group. */
export interface Group {
	/** Below the root of cgroup v2. */
	readonly path: string;
	/** In cgroupfs. */
	readonly directory: string;
	/** Moves a process into it. */
	take(pid: number): void;
}

let made = 0;

/** Makes a group below the root. It ends with the test, with all that is below it and in it. */
export function makeGroup(t: Hooks): Group {
	const path = `/sonde-test-${process.pid}-${made++}`;
	const group = makeGroupAt(path);
	t.after(() => removeGroup(group.directory));
	return group;
}

/** Makes a group below another one, and those between them. */
export function makeInnerGroup(outer: Group, path: string): Group {
	return makeGroupAt(join(outer.path, path));
}

function makeGroupAt(path: string): Group {
	const directory = join(ROOT ?? '', path);
	mkdirSync(directory, { recursive: true });
	return { path, directory, take: (pid) => writeFileSync(join(directory, 'cgroup.procs'), String(pid)) };
}

/** Who is in it can make more groups until it has ended, and may be there for a moment after that. */
async function removeGroup(directory: string): Promise<void> {
	for (let tries = 0; ; tries++) {
		for (const pid of readFileSync(join(directory, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
			kill(Number(pid));
		const inner = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
		for (const { name } of inner) await removeGroup(join(directory, name));
		try {
			rmdirSync(directory);
			return;
		} catch (error) {
			if (tries === 200) throw error;
			await sleep(50);
		}
	}
}

function kill(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It has ended.
	}
}
