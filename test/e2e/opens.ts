import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Child, type Hooks, startChild } from './child.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/opens');

/** A system call for the test program to make. */
export interface OpenCall {
	readonly call: 'open' | 'openat' | 'openat2' | 'openat2-badhow' | 'creat';
	/** undefined: a null pointer. */
	readonly path: Buffer | undefined;
	readonly flags?: number;
	readonly mode?: number;
	readonly resolve?: number;
}

/** A process that waits before it makes known system calls. */
export interface Opener {
	readonly pid: number;
	/** Lets it go; resolves with what it printed when it has ended. */
	run(): Promise<string>;
}

/** A process that will make these calls, one after the other, and print their results. */
export function openScript(t: Hooks, calls: readonly OpenCall[]): Promise<Opener> {
	return waiting(startChild(t, PROGRAM, ['script']), linesOf(calls));
}

/** The same, for calls that are not made at once. */
export interface PartsOpener {
	readonly pid: number;
	/** Lets it make these calls now. */
	call(calls: readonly OpenCall[]): void;
	/** Resolves when it has made all of them and has ended. */
	end(): Promise<void>;
}

/** A process that makes calls when it is told to. */
export async function openScriptInParts(t: Hooks): Promise<PartsOpener> {
	const child = startChild(t, PROGRAM, ['script']);
	const opener = await waiting(child, '');
	child.process.stdin?.write('\n');
	return {
		pid: opener.pid,
		call: (calls) => child.process.stdin?.write(linesOf(calls)),
		async end() {
			await opener.run();
		},
	};
}

function linesOf(calls: readonly OpenCall[]): string {
	const lines = calls.map(({ call, path, flags = 0, mode = 0, resolve = 0 }) => {
		const hex = path === undefined ? '-' : `x${path.toString('hex')}`;
		return `${call} ${hex} ${flags} ${mode} ${resolve}\n`;
	});
	return lines.join('');
}

/** A process whose threads will each open `count` missing files `/sonde/THREAD/I`; all on one CPU unless it is -1. */
export function openThreads(
	t: Hooks,
	{ threads, cpu = -1, count }: { threads: number; cpu?: number; count: number },
): Promise<Opener> {
	return waiting(startChild(t, PROGRAM, ['threads', String(threads), String(cpu), String(count)]), '');
}

/** The paths that openThreads opens, in order. */
export function threadPaths(threads: number, count: number): string[] {
	return Array.from(
		{ length: threads * count },
		(_, i) => `/sonde/${Math.floor(i / count)}/${i % count}`,
	).sort();
}

/** Of a program that prints its process id and waits for a line: what it will be given behind that. */
export async function waiting(child: Child, input: string): Promise<Opener> {
	const [, pid] = await child.untilStdout(/^(\d+)\n/);
	return {
		pid: Number(pid),
		async run() {
			child.process.stdin?.end(`\n${input}`);
			const { code, signal, stdout, stderr } = await child.ended;
			if (code !== 0) throw new Error(`the test program failed: ${code ?? signal} ${stderr}`);
			return stdout.slice(stdout.indexOf('\n') + 1);
		},
	};
}
