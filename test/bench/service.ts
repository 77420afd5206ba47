import { join } from 'node:path';
import { CONSUMER_CPU } from './machine.js';
import { SONDE_CLI, scriptPath } from './paths.js';
import type { Child, Output, Processes } from './processes.js';
import { until } from './wait.js';

/** A Sonde service of this run. */
export interface Service {
	readonly child: Child;
	/** host:port */
	readonly address: string;
	/** Directory with the administrator's identity. */
	readonly identity: string;
	/** Ends the process; throws if it did not end well. */
	readonly close: () => Promise<void>;
}

/** How to start a service. */
export interface ServiceOptions {
	/** Where it keeps its keys; made if it does not exist. */
	readonly state: string;
	/** Default: loopback. */
	readonly host?: string | undefined;
	/** A command before the command, for example one that enters a network namespace. */
	readonly enter?: readonly string[] | undefined;
	/** Where to write a CPU profile of its JavaScript at its end; undefined: none is taken. */
	readonly profile?: string | undefined;
}

const START_MS = 30_000;
const STOP_MS = 20_000;

/** Starts a service on a free port and waits until it listens. */
export async function startService(
	processes: Processes,
	{ state, host = '127.0.0.1', enter = [], profile }: ServiceOptions,
	signal: AbortSignal,
): Promise<Service> {
	const child = await startNode(processes, 'sonde serve', {
		enter,
		nodeOptions: profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
		script: SONDE_CLI,
		args: ['serve', '--listen', `${host}:0`, '--state', state],
	});
	const findPort = async () => {
		child.check();
		if (child.ended()) throw new Error(`sonde serve ended by itself: ${child.stderr().trim()}`);
		return parsePort(child.stderr());
	};
	const port = await until(findPort, { what: 'the start of sonde serve', timeoutMs: START_MS, signal });
	return {
		child,
		address: `${host}:${port}`,
		identity: join(state, 'identities/admin'),
		close: async () => {
			child.signal('SIGTERM');
			await child.end(STOP_MS);
			child.check();
		},
	};
}

/** Reads the port from the log of a service; undefined while it does not listen. */
export function parsePort(log: string): number | undefined {
	const line = log.split('\n').find((text) => text.includes('"node is listening"'));
	const port = /"port":(\d+)/.exec(line ?? '')?.[1];
	return port === undefined ? undefined : Number(port);
}

/** Starts a client of the benchmark, by its file, for a service; its arguments begin with address and identity. */
export function startClient(
	processes: Processes,
	script: string,
	{ address, identity }: Service,
	{ args = [], enter = [] }: { args?: readonly string[]; enter?: readonly string[] } = {},
): Promise<Child> {
	return startNode(processes, script, {
		enter,
		script: scriptPath(script),
		args: [address, identity, ...args],
	});
}

/** Starts Sonde's own command line as a client of a service. */
export function startCli(
	processes: Processes,
	{ address, identity }: Service,
	args: readonly string[],
	output?: Output,
): Promise<Child> {
	return startNode(processes, `sonde ${args[0]}`, {
		script: SONDE_CLI,
		args: [...args, '--node', address, '--identity', identity],
		output,
	});
}

interface NodeProcess {
	readonly enter?: readonly string[];
	readonly nodeOptions?: readonly string[];
	readonly script: string;
	readonly args: readonly string[];
	readonly output?: Output | undefined;
}

/** Starts a script where consumers run; the process has the id of the child, as each command becomes the next. */
export function startNode(
	processes: Processes,
	name: string,
	{ enter = [], nodeOptions = [], script, args, output }: NodeProcess,
): Promise<Child> {
	const [command = 'taskset', ...rest] = [
		...enter,
		...['taskset', '--cpu-list', String(CONSUMER_CPU)],
		...[process.execPath, ...nodeOptions, script, ...args],
	];
	return processes.start(name, command, rest, output);
}
