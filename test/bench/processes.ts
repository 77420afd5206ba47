import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { within } from './wait.js';

/** A process that the benchmark started. */
export interface Child {
	readonly pid: number;
	/** What it has written so far, the last 64 KiB of it. */
	readonly stdout: () => string;
	readonly stderr: () => string;
	readonly ended: () => boolean;
	readonly signal: (name: NodeJS.Signals) => void;
	/** Waits for its end, whatever its exit status. */
	readonly end: (timeoutMs: number) => Promise<void>;
	/** Throws, with the end of what it wrote to stderr, if it has ended and not with status 0. */
	readonly check: () => void;
}

/** All processes of a run, so that none is left behind. */
export interface Processes {
	readonly start: (name: string, command: string, args: readonly string[]) => Promise<Child>;
	/** Starts a process, waits for its end with status 0, and gives what it wrote to stdout. */
	readonly run: (
		name: string,
		command: string,
		args: readonly string[],
		timeoutMs: number,
	) => Promise<string>;
	/** Ends those that still run, by their ids. */
	readonly close: () => Promise<void>;
}

const KEPT_CHARACTERS = 65_536;
/** For a process to clean up after SIGTERM, before SIGKILL. */
const GRACE_MS = 3_000;

/** Makes a group of processes; the signal interrupts waiting for them, close() ends them. */
export function createProcesses(signal: AbortSignal): Processes {
	const running = new Set<ChildProcess>();

	const start: Processes['start'] = async (name, command, args) => {
		signal.throwIfAborted();
		const started = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
		const stdout = keep(started.stdout);
		const stderr = keep(started.stderr);
		running.add(started);
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
	if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
	const exited = once(child, 'exit');
	const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
	child.kill('SIGTERM');
	await exited;
	clearTimeout(timer);
}

function keep(stream: Readable): () => string {
	let text = '';
	stream.setEncoding('utf8').on('data', (chunk: string) => {
		text = (text + chunk).slice(-KEPT_CHARACTERS);
	});
	return () => text;
}
