import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect, type SondeClient } from '../../clients/typescript/index.js';
import { CONSUMER_CPU } from './machine.js';
import { SONDE_CLI } from './paths.js';
import type { Child, Processes } from './processes.js';
import { until } from './wait.js';

/** A Sonde service of this run. */
export interface Service {
	readonly child: Child;
	/** host:port */
	readonly address: string;
	/** Directory with the administrator's identity. */
	readonly identity: string;
	/** To look at traces from outside; idle while the load runs. */
	readonly client: SondeClient;
	/** Ends the connection and the process; throws if it did not end well. */
	readonly close: () => Promise<void>;
}

const START_MS = 30_000;
const STOP_MS = 10_000;

/** Starts a service that keeps its state in the given, empty directory, and waits until it answers. */
export async function startService(
	processes: Processes,
	state: string,
	signal: AbortSignal,
): Promise<Service> {
	const address = `127.0.0.1:${await findFreePort()}`;
	const identity = join(state, 'identities/admin');
	const serve = ['serve', '--listen', address, '--state', state, '--log-level', 'warn'];
	const child = await startSonde(processes, 'sonde serve', serve);
	const client = await connectWhenReady(child, address, identity, signal);
	const close = async () => {
		client.close();
		child.signal('SIGTERM');
		await child.end(STOP_MS);
		child.check();
	};
	return { child, address, identity, client, close };
}

/** Starts a command of Sonde where consumers run; the process has the id of the child, as taskset becomes node. */
export function startSonde(processes: Processes, name: string, args: readonly string[]): Promise<Child> {
	return processes.start(name, 'taskset', [
		'--cpu-list',
		String(CONSUMER_CPU),
		process.execPath,
		SONDE_CLI,
		...args,
	]);
}

async function connectWhenReady(
	child: Child,
	address: string,
	identity: string,
	signal: AbortSignal,
): Promise<SondeClient> {
	let refusal: unknown;
	const tryOnce = async () => {
		child.check();
		if (child.ended()) throw new Error('sonde serve ended by itself');
		let client: SondeClient | undefined;
		try {
			// A new connection each time: a used one waits a second and more before it tries again.
			client = connect({ address, identity });
			await client.getNode({}, { signal });
			return client;
		} catch (error) {
			client?.close();
			refusal = error;
			return undefined;
		}
	};
	try {
		return await until(tryOnce, { what: 'the start of sonde serve', timeoutMs: START_MS, signal });
	} catch (error) {
		if (error instanceof Error && refusal !== undefined) error.cause ??= refusal;
		throw error;
	}
}

async function findFreePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject).listen(0, '127.0.0.1', resolve);
	});
	const bound = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (bound === null || typeof bound === 'string') throw new Error('no free port on 127.0.0.1');
	return bound.port;
}
