// Nodes with few privileges: what works with which capabilities, what is said of the rest, and that nothing more is kept.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createMetadataIndex, type Probe } from '../../clients/typescript/index.js';
import { isKernelAtLeast } from '../../service/catalog/kernel-version.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { CAPABILITIES } from '../../service/privileges/capabilities.js';
import { perfEventParanoid } from '../../service/privileges/perf-event-paranoid.js';
import { startChild } from './child.js';
import { eventsOf, pathsOf } from './collect.js';
import { nodeOf, SONDE, sharedNode, startNode, type TestNode, temporaryDirectory } from './node.js';
import { openScriptInParts, openThreads, threadPaths, waiting } from './opens.js';
import {
	asOrdinaryUser,
	ORDINARY_USER,
	privilegesOfThreads,
	serveAsOrdinaryUser,
	startOrdinaryNode,
} from './ordinary-node.js';
import { unavailable, type Watched, watch } from './watch.js';

const SHORT_PROCESSES = 20;
const OPENS = { threads: 2, count: 100 };
/** That nothing else is likely to have. */
const LOW_PORT = 987;
/** Level 3 is Debian's. */
const CAN_USE_PERF_EVENTS = perfEventParanoid() < 3;
const HAS_UPROBE_MULTI = isKernelAtLeast(release(), 6, 6);

/** By the tracepoints that all system calls pass. */
const ERRORS_OF_OPEN: Watched = {
	probe: 'syscall.error',
	options: { case: 'syscallError', value: { calls: ['openat', 'open'] } },
};

/** Of names in lower case, as setpriv has them. */
function bitsOf(names: readonly string[]): bigint {
	return CAPABILITIES.filter(({ name }) => names.includes(name.toLowerCase())).reduce(
		(set, { bit }) => set | (1n << bit),
		0n,
	);
}

/** Every thread has these and no others, and none can get more. */
function assertPrivileges(node: TestNode, names: readonly string[]): void {
	const kept = bitsOf(names);
	const threads = privilegesOfThreads(node.process.pid);
	// JavaScript, its helpers and those that wait for files; the trace's reader if there is one.
	assert.ok(threads.length > 4, `${threads.length} threads`);
	for (const { permitted, effective, inheritable, ambient, noNewPrivileges } of threads) {
		assert.deepEqual([permitted, effective], [kept, kept]);
		assert.deepEqual([inheritable & ~kept, ambient & ~kept], [0n, 0n]);
		assert.equal(noNewPrivileges, true);
	}
}

async function probesOf(node: TestNode): Promise<Map<string, Probe>> {
	const probes = new Map<string, Probe>();
	for await (const probe of node.client.listProbes()) probes.set(probe.id, probe);
	return probes;
}

/** Everything that root has and this node has not, with what it says of it. */
async function unavailableHere(node: TestNode): Promise<Map<string, string>> {
	const here = await probesOf(node);
	const missing = [...(await probesOf(await sharedNode())).values()]
		.filter(({ available }) => available)
		.map(({ id }) => [id, here.get(id)?.unavailableReason ?? 'not listed'] as const)
		.filter(([, reason]) => reason !== '');
	return new Map(missing);
}

/** Processes that end at once, each seen once. */
async function traceExits(node: TestNode): Promise<void> {
	const pids: number[] = [];
	const messages = await watch(
		[{ probe: 'process.exit' }],
		async () => {
			for (let i = 0; i < SHORT_PROCESSES; i++) {
				const child = spawn('/bin/true');
				pids.push(child.pid ?? 0);
				await once(child, 'exit');
			}
		},
		Promise.resolve(node),
	);
	const seen = eventsOf(messages, 'processExit').map(({ event }) => event.process?.tgid ?? 0);
	assert.deepEqual(
		pids.map((pid) => seen.filter((each) => each === pid).length),
		pids.map(() => 1),
	);
}

async function traceOpens(t: TestContext, node: TestNode): Promise<void> {
	const opener = await openThreads(t, OPENS);
	const messages = await watch(
		[{ probe: 'file.open' }],
		() => opener.run().then(() => {}),
		Promise.resolve(node),
	);
	assert.deepEqual(pathsOf(messages, opener.pid), threadPaths(OPENS.threads, OPENS.count));
}

/** The same opens, which one of two calls makes. */
async function traceCalls(t: TestContext, node: TestNode): Promise<void> {
	const opener = await openThreads(t, OPENS);
	const messages = await watch([ERRORS_OF_OPEN], () => opener.run().then(() => {}), Promise.resolve(node));
	const seen = eventsOf(messages, 'syscallError').filter(({ event }) => event.process?.tgid === opener.pid);
	// Where programs on BTF tracepoints can be preempted, other threads' calls are skipped, and counted.
	const missed = Number(messages.at(-1)?.accounting?.total?.missed ?? 0n);
	assert.ok(
		seen.length > 0 && seen.length + missed >= OPENS.threads * OPENS.count,
		`${seen.length} calls, ${missed} missed`,
	);
}

async function traceLookups(t: TestContext, node: TestNode): Promise<void> {
	const caller = await waiting(
		startChild(t, join(PACKAGE_ROOT, 'dist/test/e2e/user-calls'), ['lookups']),
		'',
	);
	const messages = await watch(
		[{ probe: 'dns.lookup' }],
		() => caller.run().then(() => {}),
		Promise.resolve(node),
	);
	const hosts = eventsOf(messages, 'dnsLookup')
		.filter(({ event }) => event.process?.tgid === caller.pid)
		.map(({ payload }) => payload.host);
	assert.ok(hosts.includes('192.0.2.7') && hosts.includes('2001:db8::7'), hosts.join());
}

/** What a node knows of a process of root that was there before the trace, and is while it is looked at. */
async function describeOther(
	t: TestContext,
	node: TestNode,
): Promise<{ executable: string; cgroup: string }> {
	const opener = await openScriptInParts(t);
	const index = createMetadataIndex();
	// It is not known when the trace has started: the call is made until it is seen.
	const calls = setInterval(() => opener.call([{ call: 'openat', path: Buffer.from('/sonde/other') }]), 100);
	t.after(() => clearInterval(calls));
	for await (const message of node.client.trace({ probes: [ERRORS_OF_OPEN], metadata: true })) {
		index.add(message);
		const event = message.events.find(({ process }) => process?.tgid === opener.pid);
		if (event === undefined) continue;
		const { process, cgroup } = index.of(event);
		clearInterval(calls);
		await opener.end();
		return { executable: process?.executable ?? 'not said', cgroup: cgroup?.path ?? 'not said' };
	}
	throw new Error('the trace ended before the process was seen');
}

/** What a node says of one of its features. */
async function featureOf(
	{ client }: TestNode,
	name: string,
): Promise<{ available: boolean; remedy: string }> {
	const { node } = await client.getNode();
	const found = node?.features.find((feature) => feature.name === name);
	assert.ok(found !== undefined, `the node says nothing of ${name}`);
	return { available: found.available, remedy: found.remedy };
}

for (const [granted, missing] of [
	[[], 'CAP_BPF and CAP_PERFMON'],
	[['bpf', 'dac_read_search'], 'CAP_PERFMON'],
	[['perfmon', 'dac_read_search'], 'CAP_BPF'],
] as const) {
	test(`an ordinary user with ${granted.join(' and ') || 'no capabilities'} is told to grant ${missing}`, async (t) => {
		const { serve } = serveAsOrdinaryUser(t, asOrdinaryUser(granted));
		const { code, stderr } = await serve.ended;
		assert.equal(code, 1);
		assert.equal(
			stderr,
			`sonde: the kernel refuses eBPF programs: Operation not permitted; run as root, or grant ${missing}\n`,
		);
	});
}

test('CAP_BPF and CAP_PERFMON are enough for all that needs no tracefs, and the rest names what it needs', async (t) => {
	const node = await startOrdinaryNode(t, ['bpf', 'perfmon']);
	await traceExits(node);
	await traceCalls(t, node);
	if (HAS_UPROBE_MULTI && (await unavailable('dns.lookup')) === false) await traceLookups(t, node);
	const missing = await unavailableHere(node);
	for (const [probe, reason] of missing) assert.match(reason, /grant CAP_\w+/, probe);
	for (const probe of [
		'process.exit',
		'process.fork',
		'signal.send',
		'syscall',
		'sched.off_cpu',
		'tcp.connect',
	])
		assert.equal(missing.get(probe), undefined);
	const reason = missing.get('file.open');
	if (reason === undefined) {
		await traceOpens(t, node);
	} else {
		assert.match(reason, /grant CAP_DAC_READ_SEARCH/);
		if (!CAN_USE_PERF_EVENTS)
			assert.match(reason, /grant CAP_SYS_ADMIN, or set kernel\.perf_event_paranoid to 2/);
		await assert.rejects(
			node.client.startTrace({ probes: [{ probe: 'file.open' }] }),
			/grant CAP_DAC_READ_SEARCH/,
		);
	}
	assert.equal(
		(await featureOf(node, 'capability.sys_ptrace')).remedy,
		'run as root, or grant CAP_SYS_PTRACE',
	);
	assert.match((await featureOf(node, 'kernel_symbols')).remedy, /^grant CAP_SYSLOG/);
	const other = await describeOther(t, node);
	assert.equal(other.executable, '');
	assert.match(other.cgroup, /^\//);
	assertPrivileges(node, ['bpf', 'perfmon']);
	assert.match(
		readFileSync(`/proc/${node.process.pid}/status`, 'utf8'),
		new RegExp(`^Uid:\\t${ORDINARY_USER}\\t`, 'm'),
	);
});

test('CAP_DAC_READ_SEARCH adds tracefs, and CAP_SYS_ADMIN what perf refuses', async (t) => {
	const node = await startOrdinaryNode(t, ['bpf', 'perfmon', 'dac_read_search']);
	const missing = await unavailableHere(node);
	if (CAN_USE_PERF_EVENTS) assert.deepEqual([...missing], []);
	for (const [probe, reason] of missing) {
		assert.match(reason, /grant CAP_SYS_ADMIN/, probe);
		assert.doesNotMatch(reason, /DAC_READ_SEARCH/, probe);
	}
	if (!missing.has('file.open')) await traceOpens(t, node);
	assertPrivileges(node, ['bpf', 'perfmon', 'dac_read_search']);
});

test('with all of the table an ordinary user has what root has, and what is not in it is given up', async (t) => {
	const useful = ['bpf', 'perfmon', 'dac_read_search', 'syslog', 'sys_ptrace'];
	const node = await startOrdinaryNode(t, [
		...useful,
		'sys_admin',
		'sys_time',
		'net_bind_service',
		'setpcap',
	]);
	assert.deepEqual([...(await unavailableHere(node))], []);
	const points = (probes: Map<string, Probe>) =>
		[...probes].map(([id, { attachPoints }]) => [id, attachPoints]);
	assert.deepEqual(points(await probesOf(node)), points(await probesOf(await sharedNode())));
	await traceOpens(t, node);
	const { executable, cgroup } = await describeOther(t, node);
	assert.match(executable, /\/dist\/test\/e2e\/opens$/);
	assert.match(cgroup, /^\//);
	assert.equal((await featureOf(node, 'kernel_symbols')).available, true);
	const needsAdmin = !CAN_USE_PERF_EVENTS || !HAS_UPROBE_MULTI;
	assertPrivileges(node, needsAdmin ? [...useful, 'sys_admin'] : useful);
	const kept = privilegesOfThreads(node.process.pid)[0]?.permitted ?? 0n;
	for (const { bounding } of privilegesOfThreads(node.process.pid)) assert.equal(bounding, kept);
});

test('a node that root starts keeps only what it has a use for, in all threads, and can do what doctor says', async (t) => {
	const node = await startNode(t, '--listen', `127.0.0.1:${LOW_PORT}`);
	await traceOpens(t, node);
	const needsAdmin = !CAN_USE_PERF_EVENTS || !HAS_UPROBE_MULTI;
	const useful = [
		'bpf',
		'perfmon',
		'dac_read_search',
		'syslog',
		'sys_ptrace',
		'net_bind_service',
		...(needsAdmin ? ['sys_admin'] : []),
	];
	assertPrivileges(node, useful);
	for (const { bounding } of privilegesOfThreads(node.process.pid)) assert.equal(bounding, bitsOf(useful));
	const doctor = async (...args: string[]) => {
		const { code, stdout, stderr } = await startChild(t, SONDE, ['doctor', '-o', 'json', ...args]).ended;
		assert.equal(code, 0, stderr);
		// Of its guard a node says more.
		return JSON.parse(stdout).filter(({ name }: { name: string }) => name !== 'guard');
	};
	assert.deepEqual(await doctor('--node', node.address, '--identity', node.identity), await doctor());
});

// In a chroot whose root is no mount point a namespace cannot be made private, and unmounting would reach the host.
const canUnshare = spawnSync('unshare', ['--mount', 'true']).status === 0;

test('without tracefs a node starts, and says what to mount', {
	skip: !canUnshare && 'no private mount namespace can be made here',
}, async (t) => {
	const stateDir = join(temporaryDirectory(t), 'state');
	const script = `umount /sys/kernel/tracing && exec ${SONDE} serve --listen 127.0.0.1:0 --state ${stateDir}`;
	const serve = startChild(t, 'unshare', ['--mount', 'sh', '-c', script]);
	const node = await nodeOf(t, serve, stateDir);
	await traceExits(node);
	const missing = await unavailableHere(node);
	for (const [probe, reason] of missing)
		assert.match(reason, /; mount -t tracefs tracefs \/sys\/kernel\/tracing/, probe);
	if (!missing.has('file.open')) await traceOpens(t, node);
});

test('before Linux 5.11 a node needs memory that it may lock, and says so', {
	skip: isKernelAtLeast(release(), 5, 11) && 'this kernel does not charge BPF maps to that limit',
}, async (t) => {
	const { serve } = serveAsOrdinaryUser(t, asOrdinaryUser(['bpf', 'perfmon'], '65536'));
	const { code, stderr } = await serve.ended;
	assert.equal(code, 1);
	assert.match(stderr, /^sonde: .*65536 bytes.*LimitMEMLOCK=infinity.*CAP_SYS_RESOURCE\n$/);
});
