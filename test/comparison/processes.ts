import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Hooks, startChild } from '../e2e/child.js';
import type { Workload } from './compare.js';

export const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/processes');

/** Runs a program to its end; its process id. */
export async function runProgram(command: string, args: readonly string[]): Promise<number> {
	const child = spawn(command, args, { stdio: 'ignore' });
	await once(child, 'close');
	return child.pid ?? 0;
}

/** A process that starts `count` others, one after the other, each of which fails to start a missing program first. */
export async function starter(t: Hooks, count: number): Promise<Workload<readonly number[]>> {
	const child = startChild(t, PROGRAM, ['1', '-1', String(count)]);
	await child.untilStdout(/^\d+\n/);
	return {
		pid: child.pid,
		async run() {
			child.process.stdin?.end('\n');
			const { code, stderr, stdout } = await child.ended;
			if (code !== 0) throw new Error(`the test program failed: ${stderr}`);
			return stdout.trim().split('\n').slice(1).map(Number);
		},
	};
}
