import assert from 'node:assert/strict';
import { release } from 'node:os';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	TcpReset_Direction as Direction,
	type Event,
	formatIpAddress,
	TcpState_State as State,
	type StreamEventsResponse,
} from '../../clients/typescript/index.js';
import { localFeatures, reportsMisses } from '../../service/catalog/features.js';
import { eventsOf, type PayloadCase, type PayloadOf, stopAndRead, violations } from './collect.js';
import { sharedNode } from './node.js';
import { NO_LIMITS } from './requests.js';
import { type Sockets, startSockets } from './sockets.js';

// include/uapi/asm-generic/errno.h
const EBADF = 9;
const EOPNOTSUPP = 95;
const EADDRINUSE = 98;
const ECONNRESET = 104;
const ETIMEDOUT = 110;
const ECONNREFUSED = 111;
const EINPROGRESS = 115;
// include/linux/socket.h and net.h
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;

interface Seen<C extends PayloadCase> {
	readonly event: Event;
	readonly value: PayloadOf<C>;
	/** Process id of its owner; 0: not known. */
	readonly pid: number;
}

/** Share of what may be missed where the kernel does not count it. */
const MOST_UNKNOWN = 0.01;
/** Where programs on tracepoints can be preempted, the kernel skips those of other tasks on that CPU, and says so. */
const IS_EXACT = localFeatures().some(({ name, available }) => name === 'exact_tracepoints' && available);

/** Runs what the test does under these probes, and gives all that was seen. */
async function traced(
	probes: readonly string[],
	what: () => Promise<void>,
	{ filter = '', mayMiss = !IS_EXACT }: { filter?: string; mayMiss?: boolean } = {},
): Promise<StreamEventsResponse[]> {
	const { client } = await sharedNode();
	const { trace } = await client.startTrace({
		probes: probes.map((probe) => ({ probe, filter })),
		limits: { ...NO_LIMITS, ringBytes: 8_388_608 },
	});
	await what();
	// The last segments are dealt with in interrupts.
	await sleep(300);
	const messages = await stopAndRead(client, trace?.traceId ?? '');
	const last = messages.at(-1)?.accounting;
	assert.ok(last !== undefined);
	assert.deepEqual(violations(last, true), []);
	if (!mayMiss) assert.deepEqual([last.total?.missed ?? 0n, last.total?.startLost], [0n, 0n]);
	return messages;
}

/** What there is of one kind, of those that `wanted` names. */
function seen<C extends PayloadCase>(
	messages: readonly StreamEventsResponse[],
	name: C,
	wanted: (value: PayloadOf<C>, pid: number) => boolean,
): Seen<C>[] {
	return eventsOf(messages, name)
		.map(({ event, payload }) => ({ event, value: payload, pid: event.process?.tgid ?? 0 }))
		.filter(({ value, pid }) => wanted(value, pid));
}

/** The fields that are named have these values. */
function holds<T extends object>(value: T | undefined, fields: Partial<T>): asserts value is T {
	assert.ok(value !== undefined);
	const named = Object.entries(value).filter(([name]) => name in fields);
	assert.deepEqual(Object.fromEntries(named), fields);
}

interface Ends {
	readonly localAddress: Uint8Array;
	readonly localPort: number;
	readonly remoteAddress: Uint8Array;
	readonly remotePort: number;
}

/** "127.0.0.1 1234 > 127.0.0.1 80" */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Ends): string {
	return `${formatIpAddress(localAddress)} ${localPort} > ${formatIpAddress(remoteAddress)} ${remotePort}`;
}

const uses =
	(...ports: readonly number[]) =>
	({ localPort, remotePort }: Ends) =>
		ports.includes(localPort) || ports.includes(remotePort);

async function succeeds(result: Promise<number>): Promise<void> {
	const value = await result;
	assert.ok(value >= 0, `${value}`);
}

/** Two processes and a listener on a port that the kernel chose; it has number 0. */
async function pair(t: TestContext): Promise<{ server: Sockets; client: Sockets }> {
	const [server, client] = await Promise.all([startSockets(t), startSockets(t)]);
	return { server, client };
}

async function listen(server: Sockets, address: string, backlog = 8): Promise<number> {
	await succeeds(server.run(`socket 0 ${address.includes(':') ? 6 : 4} stream`));
	await succeeds(server.run(`bind 0 ${address} 0`));
	await succeeds(server.run(`listen 0 ${backlog}`));
	return server.run('port 0');
}

const CONNECTION = [
	...['tcp.connect', 'tcp.accept', 'tcp.close', 'tcp.state', 'tcp.retransmit'],
	...['socket.bind', 'socket.listen'],
];

for (const { address, closer } of [
	{ address: '127.0.0.1', closer: 'client' },
	{ address: '::1', closer: 'server' },
] as const) {
	test(`a connection over ${address} that its ${closer} closes, from bind to the last state`, async (t) => {
		const { server, client } = await pair(t);
		let port = 0;
		let own = 0;
		let fds = { listener: 0, accepted: 0 };
		const messages = await traced(CONNECTION, async () => {
			port = await listen(server, address);
			await succeeds(client.run(`socket 1 ${address.includes(':') ? 6 : 4} stream`));
			await succeeds(client.run(`connect 1 ${address} ${port}`));
			own = await client.run('port 1');
			fds = { listener: await server.run('fd 0'), accepted: await server.run('accept 0 1') };
			assert.equal(await client.run('send 1 1000'), 1_000);
			assert.equal(await server.run('receive 1 1000'), 1_000);
			const [sent, received] = await Promise.all([
				server.run('send 1 300000'),
				client.run('receive 1 300000'),
			]);
			assert.deepEqual([sent, received], [300_000, 300_000]);
			const [first, second] = closer === 'client' ? [client, server] : [server, client];
			await succeeds(first.run('close 1'));
			assert.equal(await second.run('receive 1 1'), 0);
			await succeeds(second.run('close 1'));
			await succeeds(server.run('close 0'));
		});
		const there = `${address} ${own} > ${address} ${port}`;
		const back = `${address} ${port} > ${address} ${own}`;

		const [bound, ...moreBound] = seen(messages, 'socketBind', (_, pid) => pid === server.pid);
		assert.equal(moreBound.length, 0);
		const family = address.includes(':') ? AF_INET6 : AF_INET;
		const socket = { port, family, socketType: SOCK_STREAM, protocol: 6, fd: fds.listener, ret: 0 };
		holds(bound?.value, socket);
		assert.equal(formatIpAddress(bound.value.address), address);
		const [listening, ...moreListening] = seen(messages, 'socketListen', (_, pid) => pid === server.pid);
		assert.equal(moreListening.length, 0);
		holds(listening?.value, { ...socket, backlog: 8 });
		assert.equal(formatIpAddress(listening.value.address), address);

		const connects = seen(messages, 'tcpConnect', uses(port));
		assert.deepEqual(
			connects.map(({ value, pid, event }) => [endsOf(value), pid, event.process?.comm]),
			[[there, client.pid, 'sockets']],
		);
		holds(connects[0]?.value, { established: true, error: 0 });
		const latency = connects[0].value.latencyNs;
		assert.ok(latency > 0n && latency < 1_000_000_000n, `${latency}`);

		const accepts = seen(messages, 'tcpAccept', uses(port));
		assert.deepEqual(
			accepts.map(({ value, pid }) => [endsOf(value), pid]),
			[[back, server.pid]],
		);
		holds(accepts[0]?.value, { fd: fds.accepted, backlog: 8, waiting: 0 });

		const isBack = ({ value }: Seen<'tcpClose'>) => Number(value.localPort === port);
		const closes = seen(messages, 'tcpClose', uses(port)).sort((a, b) => isBack(a) - isBack(b));
		const states = { first: State.FIN_WAIT2, second: State.LAST_ACK };
		const clientState = closer === 'client' ? states.first : states.second;
		const serverState = closer === 'client' ? states.second : states.first;
		assert.deepEqual(
			closes.map(({ value, pid }) => [endsOf(value), pid, value.state, value.bytesSent, value.bytesReceived]),
			[
				[there, client.pid, clientState, 1_000n, 300_000n],
				[back, server.pid, serverState, 300_000n, 1_000n],
			],
		);
		for (const { value } of closes) {
			// A slow machine may send something again.
			const again = seen(messages, 'tcpRetransmit', (each) => endsOf(each) === endsOf(value));
			holds(value, { error: 0, retransmits: again.length });
			assert.ok(value.lifetimeNs > 0n && value.lifetimeNs < 60_000_000_000n, `${value.lifetimeNs}`);
		}

		const changes = (side: (ends: Ends) => boolean) =>
			seen(messages, 'tcpState', side).map(({ value, pid }) => [
				State[value.oldState],
				State[value.newState],
				pid,
			]);
		const { pid } = closer === 'client' ? client : server;
		const { pid: later } = closer === 'client' ? server : client;
		const closesFirst = [
			['ESTABLISHED', 'FIN_WAIT1', pid],
			['FIN_WAIT1', 'FIN_WAIT2', pid],
			['FIN_WAIT2', 'CLOSE', pid],
		];
		const closesSecond = [
			['ESTABLISHED', 'CLOSE_WAIT', later],
			['CLOSE_WAIT', 'LAST_ACK', later],
			['LAST_ACK', 'CLOSE', later],
		];
		// The client's port is chosen after its first change, so sides are told apart by the listener's.
		assert.deepEqual(
			changes(({ remotePort }) => remotePort === port),
			[
				['CLOSE', 'SYN_SENT', client.pid],
				['SYN_SENT', 'ESTABLISHED', client.pid],
				...(closer === 'client' ? closesFirst : closesSecond),
			],
		);
		// Nobody has accepted the connection when it is made.
		assert.deepEqual(
			changes(({ localPort }) => localPort === port),
			[
				['CLOSE', 'LISTEN', server.pid],
				['LISTEN', 'SYN_RECV', 0],
				['SYN_RECV', 'ESTABLISHED', 0],
				...(closer === 'server' ? closesFirst : closesSecond),
				['LISTEN', 'CLOSE', server.pid],
			],
		);
	});
}

test('attempts that fail: refused, timed out, given up', async (t) => {
	const { server, client } = await pair(t);
	let closed = 0;
	let port = 0;
	let used: number[] = [];
	const probes = ['tcp.connect', 'tcp.close', 'tcp.retransmit', 'tcp.reset'];
	const messages = await traced(probes, async () => {
		// A port where nobody listens: bound, and not listening.
		await succeeds(server.run('socket 1 4 stream'));
		await succeeds(server.run('bind 1 127.0.0.1 0'));
		closed = await server.run('port 1');
		await succeeds(client.run('socket 1 4 stream'));
		assert.equal(await client.run(`connect 1 127.0.0.1 ${closed}`), -ECONNREFUSED);

		// A listener that has room for one connection does not answer others.
		port = await listen(server, '127.0.0.1', 0);
		for (const socket of [2, 3, 4]) await succeeds(client.run(`socket ${socket} 4 stream`));
		assert.equal(await client.run(`connect 2 127.0.0.1 ${port}`), 0);
		await succeeds(client.run('retries 3 1'));
		await succeeds(client.run('nonblock 4'));
		assert.equal(await client.run(`connect 4 127.0.0.1 ${port}`), -EINPROGRESS);
		used = [await client.run('port 2'), await client.run('port 4')];
		await succeeds(client.run('close 4'));
		assert.equal(await client.run(`connect 3 127.0.0.1 ${port}`), -ETIMEDOUT);
	});
	const attempts = seen(messages, 'tcpConnect', uses(closed, port));
	assert.deepEqual(
		attempts.map(({ value, pid }) => [value.remotePort, value.established, value.error, pid]),
		[
			[closed, false, -ECONNREFUSED, client.pid],
			[port, true, 0, client.pid],
			[port, false, 0, client.pid],
			[port, false, -ETIMEDOUT, client.pid],
		],
	);
	assert.deepEqual([attempts[1]?.value.localPort, attempts[2]?.value.localPort], used);
	assert.ok(attempts.every(({ value }) => value.localPort > 0 && value.latencyNs > 0n));
	const waited = attempts[3]?.value.latencyNs ?? 0n;
	assert.ok(waited > 1_500_000_000n, `${waited}`);

	const closes = seen(messages, 'tcpClose', uses(closed, port)).filter(
		({ value }) => value.state === State.SYN_SENT,
	);
	assert.deepEqual(
		closes.map(({ value, pid }) => [value.error, pid, value.bytesSent, value.bytesReceived]),
		[
			[-ECONNREFUSED, client.pid, 0n, 0n],
			[0, client.pid, 0n, 0n],
			[-ETIMEDOUT, client.pid, 0n, 0n],
		],
	);
	assert.deepEqual(
		closes.map(({ value }) => endsOf(value)),
		attempts.filter(({ value }) => !value.established).map(({ value }) => endsOf(value)),
	);

	// Since 6.5 a kernel sends a SYN more often than it is told (net.ipv4.tcp_syn_linear_timeouts).
	const retransmits = closes[2]?.value.retransmits ?? 0;
	assert.ok(retransmits >= 1, `${retransmits}`);
	const attempt = attempts[3]?.value ?? assert.fail();
	const again = seen(messages, 'tcpRetransmit', uses(attempt.localPort));
	assert.deepEqual(
		again.map(({ value, pid }) => [endsOf(value), value.state, value.sizeBytes, value.retransmits, pid]),
		Array.from({ length: retransmits }, (_, i) => [endsOf(attempt), State.SYN_SENT, 0, i + 1, client.pid]),
	);
	assert.equal(new Set(again.map(({ value }) => value.sequence)).size, 1, 'it is the same segment');

	const own = attempts[0]?.value.localPort ?? 0;
	const resets = seen(messages, 'tcpReset', uses(closed));
	const received = resets.filter(({ value }) => value.direction === Direction.RECEIVED);
	assert.deepEqual(
		received.map(({ value, pid }) => [endsOf(value), value.reason, pid]),
		[[`127.0.0.1 ${own} > 127.0.0.1 ${closed}`, '', client.pid]],
	);
	const sent = resets.filter(({ value }) => value.direction === Direction.SENT);
	if (!isSince(6, 10)) {
		assert.deepEqual(sent, [], 'this kernel does not say what it answers without a socket');
		return;
	}
	assert.deepEqual(
		sent.map(({ value, pid }) => [endsOf(value), pid]),
		[[`127.0.0.1 ${closed} > 127.0.0.1 ${own}`, 0]],
	);
	assert.equal(sent[0]?.value.reason, 'NO_SOCKET');
});

test('a reset has the owner of each side, and both sides end with it', async (t) => {
	const { server, client } = await pair(t);
	let port = 0;
	let own = 0;
	const messages = await traced(['tcp.reset', 'tcp.close'], async () => {
		port = await listen(server, '127.0.0.1');
		await succeeds(client.run('socket 1 4 stream'));
		await succeeds(client.run(`connect 1 127.0.0.1 ${port}`));
		own = await client.run('port 1');
		await succeeds(server.run('accept 0 1'));
		await succeeds(client.run('linger 1'));
		await succeeds(client.run('close 1'));
		assert.equal(await server.run('receive 1 1'), -ECONNRESET);
		await succeeds(server.run('close 1'));
	});
	const there = `127.0.0.1 ${own} > 127.0.0.1 ${port}`;
	const back = `127.0.0.1 ${port} > 127.0.0.1 ${own}`;
	assert.deepEqual(
		seen(messages, 'tcpReset', uses(port))
			.map(({ value, pid }) => [endsOf(value), value.direction, pid])
			.sort(),
		[
			[there, Direction.SENT, client.pid],
			[back, Direction.RECEIVED, server.pid],
		].sort(),
	);
	assert.deepEqual(
		seen(messages, 'tcpClose', uses(own))
			.map(({ value, pid }) => [endsOf(value), value.state, value.error, pid])
			.sort(),
		[
			[there, State.ESTABLISHED, 0, client.pid],
			[back, State.ESTABLISHED, -ECONNRESET, server.pid],
		].sort(),
	);
});

test('the process that accepted owns the connection, not the one that listens; filters see the owner', async (t) => {
	const { server, client } = await pair(t);
	let port = 0;
	let child = 0;
	let own = 0;
	const messages = await traced(
		['tcp.accept', 'tcp.state', 'tcp.close'],
		async () => {
			port = await listen(server, '127.0.0.1');
			child = await server.run('child 0');
			await succeeds(client.run('socket 1 4 stream'));
			await succeeds(client.run(`connect 1 127.0.0.1 ${port}`));
			own = await client.run('port 1');
			assert.equal(await client.run('send 1 7'), 7);
			// So that the child has accepted before the end comes.
			await sleep(200);
			await succeeds(client.run('close 1'));
		},
		{ filter: `process.tgid != ${client.pid} && local_address == ip("127.0.0.1")` },
	);
	assert.deepEqual(
		seen(messages, 'tcpAccept', uses(port)).map(({ value, pid, event }) => [
			value.remotePort,
			pid,
			event.process?.ppid,
		]),
		[[own, child, server.pid]],
	);
	assert.deepEqual(
		seen(messages, 'tcpClose', uses(port)).map(({ value, pid }) => [
			value.localPort,
			pid,
			value.bytesReceived,
		]),
		[[port, child, 7n]],
	);
	assert.deepEqual(
		seen(messages, 'tcpState', (value) => uses(own)(value) && value.newState !== State.SYN_RECV).map(
			({ value, pid }) => [State[value.newState], pid],
		),
		[
			['ESTABLISHED', 0],
			['CLOSE_WAIT', child],
			['LAST_ACK', child],
			['CLOSE', child],
		],
	);
});

test('a filter that is put in its place later knows the namespaces of owners', async (t) => {
	const { server, client } = await pair(t);
	const port = await listen(server, '127.0.0.1', 8);
	const node = await sharedNode();
	const { trace } = await node.client.startTrace({ probes: [{ probe: 'tcp.connect' }], limits: NO_LIMITS });
	const traceId = trace?.traceId ?? '';
	const filter = `process.in_namespace_of(${process.pid}) && process.in_namespace_of(${process.pid}, "mnt")`;
	await node.client.updateTrace({ traceId, probes: [{ probeIndex: 0, filter }] });
	await succeeds(client.run('socket 0 4 stream'));
	await succeeds(client.run(`connect 0 127.0.0.1 ${port}`));
	await sleep(300);
	const connects = seen(await stopAndRead(node.client, traceId), 'tcpConnect', uses(port));
	assert.deepEqual(
		connects.map(({ pid }) => pid),
		[client.pid],
	);
});

test('8 threads on one CPU: exactly the connections that they made, or what is not seen is counted', async (t) => {
	const threads = 8;
	const count = 40;
	const { server, client } = await pair(t);
	const port = await listen(server, '127.0.0.1', 128);
	let ports: number[] = [];
	const run = async () => {
		const served = server.run(`serve 0 ${threads * count} 0`);
		ports = (await client.ask(`threads ${threads} ${count} 0 127.0.0.1 ${port}`)).split(',').map(Number);
		assert.equal(await served, 0);
	};
	// An interrupt that finds a program running on its CPU skips it on any kernel.
	const messages = await traced(['tcp.connect', 'tcp.accept', 'tcp.close'], run, { mayMiss: true });
	// Each thread's connection number i carries i + 1 bytes.
	const bytesOf = new Map(ports.map((made, i) => [made, BigInt((i % count) + 1)]));
	assert.equal(bytesOf.size, threads * count);
	const closes = seen(messages, 'tcpClose', uses(port));
	const lists = [
		{ owner: client, events: seen(messages, 'tcpConnect', uses(port)), key: 'localPort' },
		{ owner: server, events: seen(messages, 'tcpAccept', uses(port)), key: 'remotePort' },
		{ owner: client, events: closes.filter(({ value }) => value.remotePort === port), key: 'localPort' },
		{ owner: server, events: closes.filter(({ value }) => value.localPort === port), key: 'remotePort' },
	] as const;
	const all = lists.length * threads * count;
	let absent = 0;
	let ownerless = 0;
	for (const { owner, events, key } of lists) {
		const found = events.map(({ value }) => value[key]);
		assert.equal(new Set(found).size, found.length, 'none is doubled');
		assert.deepEqual(
			found.filter((one) => !bytesOf.has(one)),
			[],
			'none is made up',
		);
		// Where a program was skipped that would have remembered the owner, there is none: never another one.
		const owned = events.filter(({ pid }) => pid !== 0);
		assert.ok(owned.every(({ pid }) => pid === owner.pid));
		absent += threads * count - events.length;
		ownerless += events.length - owned.length;
	}
	for (const { value } of closes) {
		const [own, carried] =
			value.remotePort === port
				? [value.localPort, value.bytesSent]
				: [value.remotePort, value.bytesReceived];
		assert.equal(carried, bytesOf.get(own));
	}
	const { missed = 0n, startLost = 0n } = messages.at(-1)?.accounting?.total ?? {};
	const found = `of ${all}, ${absent} not seen, ${ownerless} without owner; ${missed} runs missed`;
	t.diagnostic(found);
	// A connection whose beginning was missed has no owner when it is made; nor when it ends, if that was missed as well.
	// Before 6.7 nobody knows what was missed: on 6.1 it has been up to five, and mostly none.
	const most = reportsMisses() ? 2 * Number(missed + startLost) : all * MOST_UNKNOWN;
	assert.ok(absent + ownerless <= most, found);
});

for (const { address, etherType } of [
	{ address: '127.0.0.1', etherType: 0x0800 },
	{ address: '::1', etherType: 0x86dd },
]) {
	test(`a packet to a closed port of ${address} is dropped`, async (t) => {
		const { server, client } = await pair(t);
		const family = address.includes(':') ? 6 : 4;
		// A port that was free a moment ago.
		await succeeds(server.run(`socket 0 ${family} datagram`));
		await succeeds(server.run(`bind 0 ${address} 0`));
		const closed = await server.run('port 0');
		await succeeds(server.run('close 0'));
		let own = 0;
		// Filters know the reason by its name, too.
		const filter = isSince(5, 17) ? 'reason in ["NO_SOCKET"] && !reason.startsWith("UDP")' : 'reason == ""';
		const send = async () => {
			await succeeds(client.run(`socket 0 ${family} datagram`));
			assert.equal(await client.run(`sendto 0 ${address} ${closed} 100`), 100);
			own = await client.run('port 0');
		};
		const messages = await traced(['packet.drop'], send, { filter });
		const drops = seen(
			messages,
			'packetDrop',
			(value) => value.destinationPort === closed && value.protocol === 17,
		);
		assert.equal(drops.length, 1);
		const { value, pid } = drops[0] ?? assert.fail();
		assert.equal(pid, 0);
		assert.equal(formatIpAddress(value.sourceAddress), address);
		assert.equal(formatIpAddress(value.destinationAddress), address);
		// With the header of UDP.
		holds(value, { sourcePort: own, etherType, length: 108, interface: 'lo' });
		assert.ok(value.location > 0xffff_ffff_0000_0000n);
		assert.equal(value.reason, isSince(5, 17) ? 'NO_SOCKET' : '');
	});
}

test('bind and listen that fail, and those of other sockets', async (t) => {
	const { server, client } = await pair(t);
	let port = 0;
	const fds = { stream: 0, datagram: 0 };
	const messages = await traced(['socket.bind', 'socket.listen'], async () => {
		port = await listen(server, '127.0.0.1', 1);
		fds.stream = await client.run('socket 0 4 stream');
		assert.equal(await client.run(`bind 0 127.0.0.1 ${port}`), -EADDRINUSE);
		fds.datagram = await client.run('socket 1 6 datagram');
		assert.equal(await client.run('bind 1 ::1 0'), 0);
		assert.equal(await client.run('listen 1 5'), -EOPNOTSUPP);
		await succeeds(client.run('socket 2 4 stream'));
		await succeeds(client.run('close 2'));
		assert.equal(await client.run('listen 2 3'), -EBADF);
	});
	const datagrams = { fd: fds.datagram, family: AF_INET6, socketType: SOCK_DGRAM, protocol: 17 };
	const binds = seen(messages, 'socketBind', (_, pid) => pid === client.pid).map(({ value }) => value);
	assert.equal(binds.length, 2);
	holds(binds[0], {
		fd: fds.stream,
		port,
		family: AF_INET,
		socketType: SOCK_STREAM,
		protocol: 6,
		ret: -EADDRINUSE,
	});
	assert.equal(formatIpAddress(binds[0]?.address ?? assert.fail()), '127.0.0.1');
	holds(binds[1], { ...datagrams, ret: 0 });
	assert.ok((binds[1]?.port ?? 0) > 0);
	assert.equal(formatIpAddress(binds[1]?.address ?? assert.fail()), '::1');
	const listens = seen(messages, 'socketListen', (_, pid) => pid === client.pid).map(({ value }) => value);
	assert.equal(listens.length, 2);
	holds(listens[0], {
		...datagrams,
		port: binds[1]?.port ?? 0,
		backlog: 5,
		ret: -EOPNOTSUPP,
	});
	holds(listens[1], { family: 0, port: 0, backlog: 3, ret: -EBADF });
});

/** Whether this kernel is of a version, or later. */
function isSince(major: number, minor: number): boolean {
	const [a = 0, b = 0] = release().split('.').map(Number);
	return a > major || (a === major && b >= minor);
}
