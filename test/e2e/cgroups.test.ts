// Filters that tell tenants apart: process.cgroup_under goes by whose an event is, wherever it is seen.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SondeClient, StreamEventsResponse, TcpState } from '../../clients/typescript/index.js';
import { readObject } from '../../service/catalog/entry.js';
import { compileFilter, createFilterLanguage } from '../../service/filter/compile.js';
import { createHost } from '../../service/filter/host.js';
import { nativePart } from '../../service/filter/native-filter.js';
import { loadNative } from '../../service/native.js';
import { EVENT_BYTES, SCHEMA, SHIM_OBJECT, writeField } from '../filter/shim.js';
import { type Group, makeGroup, makeInnerGroup, SKIP_WITHOUT_CGROUPS } from './cgroups.js';
import { endedOf, eventsOf, stopAndRead, violations } from './collect.js';
import { IS_EMULATED } from './emulated.js';
import { failure } from './failure.js';
import { sharedNode } from './node.js';
import { openThreads } from './opens.js';
import { NO_LIMITS } from './requests.js';
import { type Sockets, startSockets } from './sockets.js';

const LIMITS = { ...NO_LIMITS, ringBytes: 16_777_216, retentionBytes: 67_108_864 };
const skip = SKIP_WITHOUT_CGROUPS;

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

test('many groups that are made while a filter looks for those that are there are all found', {
	skip,
}, async (t) => {
	const { client } = await sharedNode();
	// Each trace asks for another one, above those that come: those that ask for the same share its set.
	const first = makeGroup(t);
	const outer = ['', '1', '1/2', '1/2/3'].map((path) => makeInnerGroup(first, path));
	const group = outer.at(-1) ?? assert.fail();
	const count = IS_EMULATED ? 20 : 200;
	// Each is made, used and left while traces start, which read what is there.
	const script = `
		for i in $(seq ${count}); do
			mkdir -p ${group.directory}/$i/in && echo $$ > ${group.directory}/$i/in/cgroup.procs
			true < /sonde/$i
		done 2>/dev/null
		echo $$ > ${group.directory}/cgroup.procs; sleep 1; true < /sonde/last`;
	const running = spawn('sh', ['-c', script], { stdio: 'ignore' });
	const ended = once(running, 'close');
	const traces: string[] = [];
	for (const each of outer) {
		traces.push(await start(client, ['file.open'], under(each)));
		await sleep(20);
	}
	await ended;
	for (const trace of traces) {
		const paths = await pathsSeen(client, trace);
		const numbers = paths
			.filter((path) => path !== '/sonde/last')
			.map((path) => Number(path.slice('/sonde/'.length)))
			.sort((a, b) => a - b);
		// From the first that it saw on, all.
		const [least = count + 1] = numbers;
		assert.deepEqual(
			numbers,
			Array.from({ length: count + 1 - least }, (_, i) => least + i),
		);
		assert.ok(paths.includes('/sonde/last'));
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

/** Events of two tenants together: SONDE_TEST_TENANT_EVENTS, for a longer run. */
const TENANT_EVENTS = Number(process.env.SONDE_TEST_TENANT_EVENTS ?? (IS_EMULATED ? 4_000 : 200_000));
const [THREADS, OPENS] = [2, IS_EMULATED ? 250 : 10_000];

/** One tenant under load. */
interface Tenant {
	readonly group: Group;
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
	const { client } = await sharedNode();
	const tenants = await Promise.all(
		[makeGroup(t), makeGroup(t)].map(
			async (group): Promise<Tenant> => ({
				group,
				traceId: await start(client, ['file.open'], under(group)),
				counts: new Map(),
				seen: 0,
				foreign: 0,
			}),
		),
	);
	const progress = new EventTarget();
	const reading = tenants.map(async (tenant) => {
		for await (const message of client.streamEvents({ traceId: tenant.traceId })) {
			count(message, tenant);
			progress.dispatchEvent(new Event('more'));
		}
	});
	let updates = 0;
	let ended = false;
	const updating = (async () => {
		while (!ended) {
			for (const { traceId, group } of tenants) {
				// Each lets all of the tenant's events pass, each in its own way.
				const filter =
					[under(group), `${under(group)} && process.uid == 0`, `!(!${under(group)})`][updates % 3] ?? '';
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
	for (const { traceId } of tenants) await client.stopTrace({ traceId });
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
