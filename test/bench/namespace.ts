import { readlinkSync } from 'node:fs';
import type { Processes } from './processes.js';
import { until } from './wait.js';

/** A network namespace without a name: it goes with the process that holds it, which goes with the benchmark. */
export interface Namespace {
	/** Of the process that holds it. */
	readonly pid: number;
	/** A command before a command that is to run in it. Not "ip netns exec": that would hide tracefs. */
	readonly enter: readonly string[];
	/** Runs a command of iproute2 in it. */
	readonly run: (command: 'ip' | 'tc', args: string) => Promise<unknown>;
	readonly close: () => Promise<void>;
}

const MADE_MS = 10_000;
const COMMAND_MS = 10_000;

/** Makes a network namespace with nothing in it. */
export async function makeNamespace(processes: Processes, signal: AbortSignal): Promise<Namespace> {
	const holder = await processes.start('unshare', 'unshare', ['--net', 'sleep', 'infinity']);
	const path = `/proc/${holder.pid}/ns/net`;
	const own = readlinkSync('/proc/self/ns/net');
	const isMade = async () => {
		if (holder.ended()) throw new Error(`no network namespace can be made: ${holder.stderr().trim()}`);
		// Before that it is our own one, which must stay as it is.
		return readlinkSync(path) !== own || undefined;
	};
	await until(isMade, { what: 'making a network namespace', timeoutMs: MADE_MS, signal });
	const enter = ['nsenter', `--net=${path}`];
	return {
		pid: holder.pid,
		enter,
		run: (command, args) => {
			const [first = '', ...rest] = [...enter, command, ...args.split(' ')];
			return processes.run(command, first, rest, COMMAND_MS);
		},
		close: async () => {
			holder.signal('SIGTERM');
			await holder.end(MADE_MS);
		},
	};
}
