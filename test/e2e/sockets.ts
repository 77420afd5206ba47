import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Hooks, startChild } from './child.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/sockets');

/** A process that does with sockets what it is told. */
export interface Sockets {
	readonly pid: number;
	/** Says one line of sockets.c; resolves with the answer. */
	ask(line: string): Promise<string>;
	/** The same, for answers that are a number. */
	run(line: string): Promise<number>;
}

/** Starts such a process; it ends with the test. */
export async function startSockets(t: Hooks): Promise<Sockets> {
	const child = startChild(t, PROGRAM, []);
	await child.untilStdout(/^\d+\n/);
	let lines = 0;
	async function ask(line: string): Promise<string> {
		const answer = new RegExp(`^#${lines++} (.*)\n`, 'm');
		child.process.stdin?.write(`${line}\n`);
		const [, result = ''] = await child.untilStdout(answer);
		return result;
	}
	return { pid: child.pid, ask, run: async (line) => Number(await ask(line)) };
}
