import { execFileSync } from 'node:child_process';
import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hooks } from './child.js';

/** A block device over a file of the test's own. */
export interface LoopDevice {
	readonly device: string;
	/** Where its file is: a file system of its own. */
	readonly directory: string;
}

/**
 * A loop device over a sparse file of 4 MiB, on a file system that has room for 1 MiB, which older kernels also take for
 * holes that are read; or why there is none.
 */
export function loopDevice(t: Hooks): LoopDevice | Error {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-e2e-'));
	const undo: [string, string[]][] = [['rmdir', [directory]]];
	// In one hook, as they run in the order in which they are said.
	t.after(() => {
		for (const [command, args] of undo.reverse()) execFileSync(command, args);
	});
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'sonde-test', directory]);
	undo.push(['umount', [directory]]);
	const file = join(directory, 'disk');
	writeFileSync(file, '');
	truncateSync(file, 4 << 20);
	try {
		const output = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8', stdio: 'pipe' });
		const device = output.trim();
		undo.push(['losetup', ['--detach', device]]);
		return { device, directory };
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}
