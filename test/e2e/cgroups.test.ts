// Filters that tell tenants apart: process.cgroup_under goes by whose an event is, wherever it is seen.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	EndReason,
	type SignalSend,
	type SondeClient,
	type StreamEventsResponse,
	type TcpState,
	TraceState,
} from '../../clients/typescript/index.js';
import { readObject } from '../../service/catalog/entry.js';
import { compileFilter, createFilterLanguage } from '../../service/filter/compile.js';
import { createHost } from '../../service/filter/host.js';
import { nativePart } from '../../service/filter/native-filter.js';
import { loadNative } from '../../service/native.js';
import { EVENT_BYTES, SCHEMA, SHIM_OBJECT, writeField } from '../filter/shim.js';
import { type Group, makeGroup, makeInnerGroup, SKIP_WITHOUT_CGROUPS } from './cgroups.js';
import { startChild } from './child.js';
import { clientAs } from './client-as.js';
import { endedOf, eventsOf, readAll, stopAndRead, violations } from './collect.js';
import { IS_EMULATED, SKIP_IF_EMULATED } from './emulated.js';
import { failure } from './failure.js';
import { sharedNode, startNode, temporaryDirectory } from './node.js';
import { openThreads } from './opens.js';
import { NO_LIMITS } from './requests.js';
import { type Sockets, startSockets } from './sockets.js';

const LIMITS = { ...NO_LIMITS, ringBytes: 16_777_216, retentionBytes: 67_108_864 };
const skip = SKIP_WITHOUT_CGROUPS;

/** include/uapi/asm-generic/siginfo.h */
const SI_TIMER = -2;

const under = ({ path }: Group) => `process.cgroup_under("${path}")`;

async function start(client: SondeClient, probes: readonly string[], filter: string): Promise<string> {
	const { trace } = await client.startTrace({
		probes: probes.map((probe) => ({ probe })),
		filter,
		limits: LIMITS,
	});
	assert.ok(trace !== undefined);
	return trace.traceId;
}

/** Opens a missing file in a group: its own process, which is in the group before it opens anything. */
async function openIn({ directory }: Group, path: string, before = ':'): Promise<void> {
	const script = `${before}; echo $$ > ${directory}/cgroup.procs && exec cat ${path}`;
	await once(spawn('sh', ['-c', script], { stdio: 'ignore' }), 'close');
}

async function pathsSeen(client: SondeClient, traceId: string): Promise<string[]> {
	const messages = await stopAndRead(client, traceId);
	assert.deepEqual(violations(endedOf(messages).accounting ?? assert.fail(), true), []);
	return eventsOf(messages, 'fileOpen')
		.map(({ payload }) => payload.path)
		.filter((path) => path.startsWith('/sonde/'))
		.sort();
}

test('a set of groups has those that were there and those that come, and no process without a group', {
	skip,
}, (t) => {
	const [a, b] = [makeGroup(t), makeGroup(t)];
	const inner = makeInnerGroup(a, 'x/y');
	const place = SCHEMA.fields.find(({ name }) => name === 'unsigned_long') ?? assert.fail();
	const cgroup = { ...place, name: 'process.cgroup_id' };
	const host = createHost((kind) => readObject(kind === 'cgroupTree' ? 'cgroup_tree' : 'process_tree'));
	const language = createFilterLanguage({ ...SCHEMA, fields: [...SCHEMA.fields, cgroup] }, host);
	const ids = [a, inner, b].map(({ directory }) => statSync(directory, { bigint: true }).ino);
	const events = Buffer.concat(
		[...ids, 1n, 0n].map((id) => {
			const event = Buffer.alloc(EVENT_BYTES);
			writeField(event, cgroup, id);
			return event;
		}),
	);
	const run = (filter: string) => {
		const { early, late } = compileFilter([language.parse(filter)]);
		const part = nativePart(late ?? early ?? assert.fail());
		return loadNative().runFilter({ object: SHIM_OBJECT, part, eventBytes: EVENT_BYTES, events }).results;
	};
	assert.deepEqual(run(under(a)), [1, 1, 0, 0, 0]);
	assert.deepEqual(run(under(inner)), [0, 1, 0, 0, 0]);
	assert.deepEqual(run(`${under(a)} || ${under(b)}`), [1, 1, 1, 0, 0]);
	assert.deepEqual(run(`!${under(a)}`), [0, 0, 1, 1, 1]);
	assert.deepEqual(run('process.cgroup_under("/")'), [1, 1, 1, 1, 0]);
});

test('process.cgroup_under lets a group and those below it pass, also groups that come later', {
	skip,
}, async (t) => {
	const { client } = await sharedNode();
	const [a, b] = [makeGroup(t), makeGroup(t)];
	const inner = makeInnerGroup(a, 'inner');
	const [traceA, traceB] = [
		await start(client, ['file.open'], under(a)),
		await start(client, ['file.open'], under(b)),
	];
	await openIn(a, '/sonde/a');
	await openIn(inner, '/sonde/a/inner');
	await openIn(b, '/sonde/b');
	await openIn(makeInnerGroup(inner, 'new'), '/sonde/a/inner/new');
	// Made and used at once.
	for (const [group, name] of [
		[a, 'a'],
		[b, 'b'],
	] as const) {
		const directory = `${group.directory}/1/2/3`;
		await openIn({ ...group, directory }, `/sonde/${name}/deep`, `mkdir -p ${directory}`);
	}
	// A group of the same name elsewhere, and no group at all.
	await openIn(makeInnerGroup(b, 'inner'), '/sonde/b/inner');
	await once(spawn('cat', ['/sonde/none'], { stdio: 'ignore' }), 'close');
	const seen = ['/sonde/a', '/sonde/a/deep', '/sonde/a/inner', '/sonde/a/inner/new'];
	assert.deepEqual(await pathsSeen(client, traceA), seen);
	assert.deepEqual(await pathsSeen(client, traceB), ['/sonde/b', '/sonde/b/deep', '/sonde/b/inner']);
});

test('groups that are made while a filter looks for those that are there are all found', {
	skip,
}, async (t) => {
	const { client } = await sharedNode();
	// Each trace asks for another one, above those that come: those that ask for the same share its set.
	const first = makeGroup(t);
	const outer = ['', '1', '1/2', '1/2/3'].map((path) => makeInnerGroup(first, path));
	const stop = join(temporaryDirectory(t), 'stop');
	// Each is made, used and left while traces start, which read what is there.
	const script = `
		i=0
		cd ${outer.at(-1)?.directory}
		while [ ! -e ${stop} ]; do
			i=$((i + 1))
			mkdir -p new$i/in && echo $$ > new$i/in/cgroup.procs
			true < /sonde/$i
			echo made $i.
		done`;
	const shell = startChild(t, '/bin/sh', ['-c', script]);
	await shell.untilStdout(/made 3\./);
	const traces: string[] = [];
	for (const each of outer) traces.push(await start(client, ['file.open'], under(each)));
	const made = [...shell.stdout().matchAll(/made (\d+)\./g)].length;
	await shell.untilStdout(new RegExp(`made ${made + 5}\\.`));
	writeFileSync(stop, '');
	await shell.ended;
	const last = [...shell.stdout().matchAll(/made (\d+)\./g)].length;
	for (const trace of traces) {
		const numbers = (await pathsSeen(client, trace))
			.map((path) => Number(path.slice('/sonde/'.length)))
			.sort((a, b) => a - b);
		// From the first that it saw on, all.
		const [least = last] = numbers;
		assert.ok(least <= made + 1, `${least} is the first, after ${made}`);
		assert.deepEqual(
			numbers,
			Array.from({ length: last + 1 - least }, (_, i) => least + i),
		);
	}
});

test('a group is followed for one caller only so often', { skip }, async (t) => {
	const { client } = await sharedNode();
	const group = makeGroup(t);
	const filter = Array.from({ length: 40 }, (_, i) => under(makeInnerGroup(group, String(i)))).join(' || ');
	const traceId = await start(client, ['file.open', 'file.stat'], filter);
	const error = await failure(start(client, ['file.open'], filter));
	assert.equal(error.reason, 'TOO_MUCH_MEMORY');
	assert.equal(
		error.message,
		'one caller may have 64 uses of cgroup_under: 40 are in use, 40 more were asked for',
	);
	await client.stopTrace({ traceId });
	await client.stopTrace({ traceId: await start(client, ['file.open'], filter) });
});

/** As bpf/trackers/cgroup_tree.bpf.c has it. */
const MOST_GROUPS = 16_384;

test('a filter that can no longer follow all groups ends its trace', {
	skip: skip || SKIP_IF_EMULATED,
}, async (t) => {
	const { client } = await sharedNode();
	const group = makeGroup(t);
	const traceId = await start(client, ['file.open'], under(group));
	// The group itself is one.
	for (let i = 0; i < MOST_GROUPS - 1; i++) makeInnerGroup(group, String(i));
	// What is gone makes room, a moment later.
	for (let i = 0; i < 10; i++) rmdirSync(join(group.directory, String(i)));
	while (!/^nr_dying_descendants 0$/m.test(readFileSync(join(group.directory, 'cgroup.stat'), 'utf8')))
		await sleep(10);
	for (let i = 0; i < 10; i++) makeInnerGroup(group, `again-${i}`);
	const { trace } = await client.getTrace({ traceId });
	assert.equal(trace?.state, TraceState.RUNNING);
	makeInnerGroup(group, 'one more');
	const { reason, detail } = endedOf(await readAll(client, traceId));
	assert.equal(reason, EndReason.FAILED);
	assert.match(detail, /^a filter follows more than it has room for; 1 are not followed/);
});

const TCP = ['tcp.state', 'tcp.connect', 'tcp.accept', 'tcp.close', 'tcp.retransmit', 'tcp.reset'];

interface Ends {
	readonly localPort: number;
	readonly remotePort: number;
}

/** All events of TCP about a port, as they can be compared. */
function connectionsOf(messages: readonly StreamEventsResponse[], port: number): (Ends & { text: string })[] {
	return messages
		.flatMap(({ events }) => events)
		.flatMap(({ timeUnixNano: _, payload }) => {
			const value = payload.value;
			if (value === undefined || !('localPort' in value) || !('remotePort' in value)) return [];
			if (value.localPort !== port && value.remotePort !== port) return [];
			const { oldState, newState } = payload.case === 'tcpState' ? payload.value : ({} as Partial<TcpState>);
			const text = `${payload.case} ${value.localPort} ${value.remotePort} ${oldState} ${newState}`;
			return [{ localPort: value.localPort, remotePort: value.remotePort, text }];
		});
}

async function succeeds(result: Promise<number>): Promise<number> {
	const value = await result;
	assert.ok(value >= 0, `${value}`);
	return value;
}

/** A server in one group and a client in another, each with a trace of its own, and one trace that sees all. */
async function tenants(t: TestContext) {
	const { client } = await sharedNode();
	const [a, b] = [makeGroup(t), makeGroup(t)];
	const [server, peer] = [await startSockets(t), await startSockets(t)];
	a.take(server.pid);
	b.take(peer.pid);
	const startAll = async () => ({
		ofServer: await start(client, TCP, under(a)),
		ofPeer: await start(client, TCP, under(b)),
		ofAll: await start(client, TCP, ''),
	});
	return { client, server, peer, startAll };
}

async function listen(server: Sockets): Promise<number> {
	await succeeds(server.run('socket 0 4 stream'));
	await succeeds(server.run('bind 0 127.0.0.1 0'));
	await succeeds(server.run('listen 0 8'));
	return server.run('port 0');
}

async function connectAndAccept(server: Sockets, peer: Sockets, port: number): Promise<void> {
	await succeeds(peer.run('socket 1 4 stream'));
	await succeeds(peer.run(`connect 1 127.0.0.1 ${port}`));
	await succeeds(server.run('accept 0 1'));
}

for (const closer of ['server', 'client'] as const) {
	test(`each end of a connection is seen by its own tenant alone, when the ${closer} closes first`, {
		skip,
	}, async (t) => {
		const { client, server, peer, startAll } = await tenants(t);
		const traces = await startAll();
		const port = await listen(server);
		await connectAndAccept(server, peer, port);
		assert.equal(await peer.run('send 1 5000'), 5_000);
		assert.equal(await server.run('receive 1 5000'), 5_000);
		const [first, second] = closer === 'client' ? [peer, server] : [server, peer];
		await succeeds(first.run('close 1'));
		assert.equal(await second.run('receive 1 1'), 0);
		await succeeds(second.run('close 1'));
		// And one that is broken off, by a reset that is sent.
		await connectAndAccept(server, peer, port);
		await succeeds(first.run('linger 1'));
		await succeeds(first.run('close 1'));
		await succeeds(second.run('close 1'));
		await succeeds(server.run('close 0'));
		await checkEnds(client, traces, port, 20);
	});
}

test('a connection from before the trace has its tenant, too', { skip }, async (t) => {
	const { client, server, peer, startAll } = await tenants(t);
	const port = await listen(server);
	await connectAndAccept(server, peer, port);
	const traces = await startAll();
	await succeeds(peer.run('close 1'));
	assert.equal(await server.run('receive 1 1'), 0);
	await succeeds(server.run('close 1'));
	await checkEnds(client, traces, port, 5);
});

/** What each tenant saw is exactly what there was at its end. */
async function checkEnds(
	client: SondeClient,
	{ ofServer, ofPeer, ofAll }: { ofServer: string; ofPeer: string; ofAll: string },
	port: number,
	least: number,
): Promise<void> {
	// The last segments are dealt with in interrupts.
	await sleep(300);
	const [byServer, byPeer, byAll] = [
		connectionsOf(await stopAndRead(client, ofServer), port),
		connectionsOf(await stopAndRead(client, ofPeer), port),
		connectionsOf(await stopAndRead(client, ofAll), port),
	];
	const textsOf = (events: readonly { text: string }[]) => events.map(({ text }) => text).sort();
	assert.deepEqual(textsOf(byServer), textsOf(byAll.filter(({ localPort }) => localPort === port)));
	assert.deepEqual(textsOf(byPeer), textsOf(byAll.filter(({ remotePort }) => remotePort === port)));
	assert.ok(byServer.length >= least / 2 && byPeer.length >= least / 2, `${textsOf(byAll).join('\n')}`);
}

test('a tenant sees the signals that its processes send, and not those of timers and of others', {
	skip,
}, async (t) => {
	const { client } = await sharedNode();
	const [a, b] = [makeGroup(t), makeGroup(t)];
	const traces = [
		await start(client, ['signal.send'], under(a)),
		await start(client, ['signal.send'], under(b)),
		await start(client, ['signal.send'], ''),
	];
	const pids: number[] = [];
	for (const { directory } of [a, b]) {
		const script = `echo $$ > ${directory}/cgroup.procs; trap '' USR1; kill -USR1 $$; timeout 0.2 sleep 60; exit 0`;
		const shell = startChild(t, '/bin/sh', ['-c', script]);
		await shell.ended;
		pids.push(shell.pid);
	}
	const [byA = [], byB = [], byAll = []] = await Promise.all(
		traces.map(async (traceId) => eventsOf(await stopAndRead(client, traceId), 'signalSend')),
	);
	const senders = [byA, byB].map((events) =>
		events
			.filter(({ payload }) => payload.signal === constants.signals.SIGUSR1)
			.map(({ event }) => event.process?.tgid),
	);
	assert.deepEqual(
		senders,
		pids.map((pid) => [pid]),
	);
	const isTimer = ({ payload }: { payload: SignalSend }) => payload.code === SI_TIMER;
	assert.ok(byAll.filter(isTimer).length >= 2);
	assert.deepEqual([...byA, ...byB].filter(isTimer), []);
});

/** Events of two tenants together: SONDE_TEST_TENANT_EVENTS, for a longer run. */
const TENANT_EVENTS = Number(process.env.SONDE_TEST_TENANT_EVENTS ?? (IS_EMULATED ? 4_000 : 200_000));
const [THREADS, OPENS] = [2, IS_EMULATED ? 250 : 10_000];

/** One tenant under load. */
interface Tenant {
	readonly group: Group;
	/** With a role of its own, whose filter demands the group. */
	readonly client: SondeClient;
	readonly traceId: string;
	/** How often each of the missing files was opened, by process of the tenant. */
	readonly counts: Map<number, Uint8Array>;
	seen: number;
	/** Events of a process that is not the tenant's. */
	foreign: number;
}

test(`two tenants under load never see each other's events, while their filters change (${TENANT_EVENTS} events)`, {
	skip,
}, async (t) => {
	const groups = [makeGroup(t), makeGroup(t)];
	const policy = join(temporaryDirectory(t), 'policy.yaml');
	const roles = groups.map((group, i) => [`t${i}`, { rpcs: ['**'], probes: ['**'], filter: under(group) }]);
	const principals = groups.map((_, i) => ({ name: `spiffe://example.org/t${i}`, roles: [`t${i}`] }));
	// JSON is YAML.
	writeFileSync(policy, JSON.stringify({ roles: Object.fromEntries(roles), principals }));
	const node = await startNode(t, '--policy', policy);
	const tenants = await Promise.all(
		groups.map(async (group, i): Promise<Tenant> => {
			const client = await clientAs(t, node, `t${i}`);
			const traceId = await start(client, ['file.open'], '');
			return { group, client, traceId, counts: new Map(), seen: 0, foreign: 0 };
		}),
	);
	const progress = new EventTarget();
	const reading = tenants.map(async (tenant) => {
		for await (const message of tenant.client.streamEvents({ traceId: tenant.traceId })) {
			count(message, tenant);
			progress.dispatchEvent(new Event('more'));
		}
	});
	let updates = 0;
	let ended = false;
	const updating = (async () => {
		while (!ended) {
			for (const { client, traceId, group } of tenants) {
				// Each lets all of the tenant's events pass, each in its own way, and three of them those of all others too.
				const filter = ['', 'cpu >= 0', `!(!${under(group)})`, 'process.uid == 0 || true'][updates % 4] ?? '';
				const probe = { probeIndex: 0, filter: updates % 2 === 0 ? 'ret < 0 || ret >= 0' : '' };
				await client.updateTrace({ traceId, filter, probes: [probe] });
			}
			updates++;
		}
	})();
	let expected = 0;
	while (expected < TENANT_EVENTS / 2) {
		const openers = await Promise.all(
			tenants.map(async ({ group, counts }) => {
				const opener = await openThreads(t, { threads: THREADS, count: OPENS });
				group.take(opener.pid);
				counts.set(opener.pid, new Uint8Array(THREADS * OPENS));
				return opener;
			}),
		);
		await Promise.all(openers.map((opener) => opener.run()));
		expected += THREADS * OPENS;
		// Readers keep up, so that nothing is evicted before it is read.
		while (tenants.some(({ seen }) => seen < expected))
			await once(progress, 'more', { signal: AbortSignal.timeout(60_000) });
	}
	ended = true;
	await updating;
	for (const { client, traceId } of tenants) await client.stopTrace({ traceId });
	await Promise.all(reading);
	const each = new Uint8Array(THREADS * OPENS).fill(1);
	for (const { counts, seen, foreign } of tenants) {
		assert.equal(foreign, 0);
		assert.equal(seen, expected);
		for (const found of counts.values()) assert.deepEqual(found, each);
	}
	assert.ok(updates > 1);
	t.diagnostic(`${2 * expected} events, ${2 * updates} updates`);
});

function count({ events }: StreamEventsResponse, tenant: Tenant): void {
	for (const { process: source, payload } of events) {
		if (payload.case !== 'fileOpen' || source?.comm === 'sh') continue;
		const counts = tenant.counts.get(source?.tgid ?? 0);
		if (counts === undefined) {
			tenant.foreign++;
			continue;
		}
		const [, thread, file] = /^\/sonde\/(\d+)\/(\d+)$/.exec(payload.value.path) ?? [];
		const index = Number(thread) * OPENS + Number(file);
		if (!(index in counts)) continue;
		counts[index] = (counts[index] ?? 0) + 1;
		tenant.seen++;
	}
}
