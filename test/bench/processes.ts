import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { within } from './wait.js';

/** A process that the benchmark started. */
export interface Child {
	readonly pid: number;
	/** What it has written so far, the last 64 KiB of it; nothing where its output goes elsewhere. */
	readonly stdout: () => string;
	readonly stderr: () => string;
	readonly ended: () => boolean;
	readonly signal: (name: NodeJS.Signals) => void;
	/** Waits for its end, whatever its exit status. */
	readonly end: (timeoutMs: number) => Promise<void>;
	/** Throws, with the end of what it wrote to stderr, if it has ended and not with status 0. */
	readonly check: () => void;
}

/** Where the standard output of a process goes, if not into stdout(): an open file, or to whoever listens. */
export type Output = number | ((chunk: string) => void);

/** All processes of a run, so that none is left behind. */
export interface Processes {
	readonly start: (name: string, command: string, args: readonly string[], output?: Output) => Promise<Child>;
	/** Starts a process, waits for its end with status 0, and gives what it wrote to stdout. */
	readonly run: (
		name: string,
		command: string,
		args: readonly string[],
		timeoutMs: number,
	) => Promise<string>;
	/** Ends those that still run, by their ids; others may be started afterwards. */
	readonly close: () => Promise<void>;
}

const KEPT_CHARACTERS = 65_536;
/** For a process to clean up after SIGTERM, before SIGKILL. */
const GRACE_MS = 3_000;

/** Makes a group of processes; the signal interrupts waiting for them, close() ends them. */
export function createProcesses(signal: AbortSignal): Processes {
	const running = new Set<ChildProcess>();

	const start: Processes['start'] = async (name, command, args, output) => {
		signal.throwIfAborted();
		// Ends with us, even if we are killed; in a process group of its own, so that Ctrl-C reaches us first and close()
		// all that it started itself.
		const started = spawn('setpriv', ['--pdeathsig', 'TERM', command, ...args], {
			stdio: ['ignore', typeof output === 'number' ? output : 'pipe', 'pipe'],
			detached: true,
		});
		running.add(started);
		const stdout = keep(started.stdout, typeof output === 'function' ? output : undefined);
		const stderr = keep(started.stderr);
		const closed = new Promise<void>((resolve) => {
			started.once('close', () => {
				running.delete(started);
				resolve();
			});
		});
		await once(started, 'spawn');
		const { pid } = started;
		if (pid === undefined) throw new Error(`${name} has no process id`);
		const ended = () => started.exitCode !== null || started.signalCode !== null;
		return {
			pid,
			stdout,
			stderr,
			ended,
			signal: (which) => started.kill(which),
			end: (timeoutMs) => within(closed, { what: `the end of ${name}`, timeoutMs, signal }),
			check: () => {
				if (!ended() || started.exitCode === 0) return;
				const how = started.signalCode ?? `status ${started.exitCode}`;
				throw new Error(`${name} ended with ${how}: ${stderr().trim() || 'no message'}`);
			},
		};
	};

	return {
		start,
		run: async (name, command, args, timeoutMs) => {
			const child = await start(name, command, args);
			await child.end(timeoutMs);
			child.check();
			return child.stdout();
		},
		close: async () => {
			await Promise.all([...running].map(endOne));
		},
	};
}

async function endOne(child: ChildProcess): Promise<void> {
	const { pid } = child;
	if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
	const exited = once(child, 'exit');
	const timer = setTimeout(() => endGroup(pid, 'SIGKILL'), GRACE_MS);
	endGroup(pid, 'SIGTERM');
	await exited;
	clearTimeout(timer);
}

/** The process leads a group of the same id. */
function endGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-pid, signal);
	} catch {
		// It has ended meanwhile.
	}
}

function keep(stream: Readable | null, listener?: (chunk: string) => void): () => string {
	let text = '';
	const add = (chunk: string) => {
		text = (text + chunk).slice(-KEPT_CHARACTERS);
	};
	stream?.setEncoding('utf8').on('data', listener ?? add);
	return () => text;
}
