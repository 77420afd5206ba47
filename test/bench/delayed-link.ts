import { CONSUMER_CPU } from './machine.js';
import { makeNamespace, type Namespace } from './namespace.js';
import { programPath } from './paths.js';
import type { Processes } from './processes.js';
import { until } from './wait.js';

/** Two network namespaces and a cable between them that is as slow as one to another city. */
export interface DelayedLink {
	/** What makes the delay. */
	readonly method: string;
	readonly server: Namespace;
	readonly client: Namespace;
	/** Of the server's end. */
	readonly serverHost: string;
	readonly close: () => Promise<void>;
}

/** Each way. */
export const DELAY_MS = 10;
/** In namespaces of their own these collide with nothing. */
const DEVICE = 'sonde0';
const SERVER_HOST = '10.0.0.1';
const CLIENT_HOST = '10.0.0.2';
/** The default of netem, 1,000 packets, is too short a queue. */
const NETEM_PACKETS = 100_000;
/** What a pair of veth carries as one packet, by segmentation offload, which tun has not. */
const TUN_MTU = 65_535;
const READY_MS = 10_000;

/** Makes a link with a delay: by netem, or where the kernel has none, by delay.c. */
export async function makeDelayedLink(processes: Processes, signal: AbortSignal): Promise<DelayedLink> {
	const server = await makeNamespace(processes, signal);
	const client = await makeNamespace(processes, signal);
	const lacking = await connectByNetem(server, client);
	const closeDevices =
		lacking === undefined ? undefined : await connectByTun(processes, { server, client }, signal);
	return {
		method:
			lacking === undefined
				? 'tc netem on both ends of a veth pair'
				: `delay.c, which holds the packets of two tun devices back, as there is no netem here: ${lacking}`,
		server,
		client,
		serverHost: SERVER_HOST,
		close: async () => {
			await closeDevices?.();
			await Promise.all([server.close(), client.close()]);
		},
	};
}

/** Gives why it cannot be done; nothing of it is then left. */
async function connectByNetem(server: Namespace, client: Namespace): Promise<string | undefined> {
	const pair = `netns ${server.pid} type veth peer name ${DEVICE} netns ${client.pid}`;
	await server.run('ip', `link add ${DEVICE} ${pair}`);
	try {
		for (const end of [server, client]) {
			await end.run('tc', `qdisc add dev ${DEVICE} root netem delay ${DELAY_MS}ms limit ${NETEM_PACKETS}`);
		}
	} catch (error) {
		await server.run('ip', `link del ${DEVICE}`);
		const reason = error instanceof Error ? error.message : String(error);
		return reason.replace(/\.$/, '');
	}
	await setUp(server, client, '');
	return undefined;
}

async function connectByTun(
	processes: Processes,
	{ server, client }: { server: Namespace; client: Namespace },
	signal: AbortSignal,
): Promise<() => Promise<void>> {
	const args = [CONSUMER_CPU, server.pid, client.pid, DELAY_MS].map(String);
	const delay = await processes.start('delay', programPath('delay'), args);
	const isReady = async () => {
		delay.check();
		return delay.stdout() === 'ready\n' || undefined;
	};
	await until(isReady, { what: 'making tun devices', timeoutMs: READY_MS, signal });
	await setUp(server, client, `mtu ${TUN_MTU} `);
	return async () => {
		delay.signal('SIGTERM');
		await delay.end(READY_MS);
	};
}

async function setUp(server: Namespace, client: Namespace, settings: string): Promise<void> {
	for (const [end, host] of [
		[server, SERVER_HOST],
		[client, CLIENT_HOST],
	] as const) {
		await end.run('ip', `addr add ${host}/30 dev ${DEVICE}`);
		await end.run('ip', `link set ${DEVICE} ${settings}up`);
	}
}
