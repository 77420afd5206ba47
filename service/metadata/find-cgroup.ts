import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The path of a group below the root of cgroup v2, "/" for the root itself; empty if there is none with this id. It looks at one
 * group after the other, some 10 µs each, which takes no capability: a group's id is the inode number of its directory.
 */
export function findCgroup(root: string, id: bigint): string {
	const left = ['/'];
	for (let path = left.pop(); path !== undefined; path = left.pop()) {
		const directory = join(root, path);
		if (inodeOf(directory) === id) return path;
		for (const name of foldersIn(directory)) left.push(join(path, name));
	}
	return '';
}

/** undefined: it has gone meanwhile. */
function inodeOf(directory: string): bigint | undefined {
	return statSync(directory, { bigint: true, throwIfNoEntry: false })?.ino;
}

function foldersIn(directory: string): string[] {
	try {
		return readdirSync(directory, { withFileTypes: true })
			.filter((entry) => entry.isDirectory())
			.map(({ name }) => name);
	} catch {
		return [];
	}
}
