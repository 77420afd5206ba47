import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a process ended. */
export interface Ended {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Where what is to be done at the end of a test is said: a TestContext, for example. */
export interface Hooks {
	after(hook: () => unknown): void;
}

/** A process of a test; it does not outlive the test. */
export interface Child {
	readonly pid: number;
	readonly process: ChildProcess;
	/** What it has written to standard output so far. */
	stdout(): string;
	stderr(): string;
	/** Resolves when its output matches; rejects when it ends before. */
	untilStdout(pattern: RegExp): Promise<RegExpExecArray>;
	untilStderr(pattern: RegExp): Promise<RegExpExecArray>;
	readonly ended: Promise<Ended>;
}

/** Starts a process. */
export function startChild(
	t: Hooks,
	command: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv = process.env,
): Child {
	const child = spawn(command, args, { stdio: 'pipe', env });
	const text = { stdout: '', stderr: '' };
	for (const name of ['stdout', 'stderr'] as const) {
		child[name].setEncoding('utf8').on('data', (data: string) => {
			text[name] += data;
			child.emit('text');
		});
	}
	const ended = once(child, 'close').then(
		([code, signal]): Ended => ({ code, signal, stdout: text.stdout, stderr: text.stderr }),
	);
	t.after(async () => {
		if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
		await ended;
	});

	async function until(name: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
		for (;;) {
			const match = pattern.exec(text[name]);
			if (match !== null) return match;
			const more = once(child, 'text').then(() => true);
			const isAlive = await Promise.race([more, ended.then(() => false)]);
			if (!isAlive && pattern.exec(text[name]) === null) {
				throw new Error(`${command} ended without writing ${pattern}: ${text.stdout}${text.stderr}`);
			}
		}
	}

	return {
		pid: child.pid ?? 0,
		process: child,
		stdout: () => text.stdout,
		stderr: () => text.stderr,
		untilStdout: (pattern) => until('stdout', pattern),
		untilStderr: (pattern) => until('stderr', pattern),
		ended,
	};
}
