import type { Hooks } from '../e2e/child.js';
import { type Sockets, startSockets } from '../e2e/sockets.js';
import type { Workload } from './compare.js';

/** Connections of several threads at once. */
const THREADS = 4;
const EACH = 50;
/** Connections one after the other, over IPv6; every other one is closed by the side that accepted it first. */
const SINGLE = 20;
const REFUSED = 15;
const KIB = 1_024;

export const ESTABLISHED = THREADS * EACH + SINGLE;
export const ATTEMPTS = ESTABLISHED + REFUSED;

/** What tells the workload's connections from all others. */
export interface Connections {
	readonly clientPid: number;
	readonly serverPid: number;
	/** That were listened at, or where nobody listens. */
	readonly ports: ReadonlySet<number>;
}

/** The two ends of a connection. */
export interface Ends {
	readonly localAddress: string;
	readonly localPort: number;
	readonly remoteAddress: string;
	readonly remotePort: number;
}

/** Whether this is a connection of the workload, or an attempt. */
export function belongs({ localPort, remotePort }: Ends, { ports }: Connections): boolean {
	return ports.has(localPort) || ports.has(remotePort);
}

/** The ends of one of our events; addresses of this workload are IPv4, or have no more than their last byte. */
export function endsOf(payload: {
	readonly localAddress: Uint8Array;
	readonly localPort: number;
	readonly remoteAddress: Uint8Array;
	readonly remotePort: number;
}): Ends {
	const text = (bytes: Uint8Array) => {
		if (bytes.length === 4) return bytes.join('.');
		if (bytes.subarray(0, 15).some((byte) => byte !== 0)) return Buffer.from(bytes).toString('hex');
		return bytes[15] === 0 ? '::' : `::${bytes[15]?.toString(16)}`;
	};
	const { localAddress, localPort, remoteAddress, remotePort } = payload;
	return {
		...{ localAddress: text(localAddress), localPort },
		...{ remoteAddress: text(remoteAddress), remotePort },
	};
}

/** Connections that are made, used and closed, and some that are refused. */
export async function connections(t: Hooks): Promise<Workload<Connections>> {
	const [server, client] = await Promise.all([startSockets(t), startSockets(t)]);
	const v4 = await listen(server, 0, '4', '127.0.0.1');
	const v6 = await listen(server, 1, '6', '::1');
	await all(server, ['socket 2 4 stream', 'bind 2 127.0.0.1 0']);
	const nobody = await server.run('port 2');
	return {
		pid: client.pid,
		async run() {
			await Promise.all([
				server.run(`serve 0 ${THREADS * EACH} 0`),
				client.ask(`threads ${THREADS} ${EACH} 0 127.0.0.1 ${v4}`),
			]);
			for (let i = 0; i < SINGLE; i++) await connectOnce(server, client, v6, i);
			for (let i = 0; i < REFUSED; i++) {
				await client.run('socket 5 4 stream');
				if (i % 3 === 0) await client.run('nonblock 5');
				await client.run(`connect 5 127.0.0.1 ${nobody}`);
				await client.run('close 5');
			}
			return { clientPid: client.pid, serverPid: server.pid, ports: new Set([v4, v6, nobody]) };
		},
	};
}

async function listen(server: Sockets, number: number, family: '4' | '6', address: string): Promise<number> {
	await all(server, [
		`socket ${number} ${family} stream`,
		`bind ${number} ${address} 0`,
		`listen ${number} 128`,
	]);
	return server.run(`port ${number}`);
}

async function connectOnce(server: Sockets, client: Sockets, port: number, i: number): Promise<void> {
	await all(client, ['socket 4 6 stream', `connect 4 ::1 ${port}`]);
	await all(server, ['accept 1 3']);
	const sent = (i + 1) * KIB;
	const answered = 3 * i * KIB;
	await all(client, [`send 4 ${sent}`]);
	await all(server, [`receive 3 ${sent}`, `send 3 ${answered}`]);
	await all(client, [`receive 4 ${answered}`]);
	const closes = [() => all(client, ['close 4']), () => all(server, ['close 3'])];
	for (const close of i % 2 === 0 ? closes : closes.reverse()) await close();
}

async function all(sockets: Sockets, lines: readonly string[]): Promise<void> {
	for (const line of lines) {
		const result = await sockets.run(line);
		if (result < 0) throw new Error(`"${line}" failed: ${result}`);
	}
}
