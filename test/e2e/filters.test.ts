// Filters on this kernel: what they let pass, where they run, and that none is missed when they change.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	SamplingMode,
	type SondeClient,
	type StreamEventsResponse,
	type Trace,
} from '../../clients/typescript/index.js';
import { endedOf, opensOf, pathsOf, stopAndRead, violations } from './collect.js';
import { IS_EMULATED } from './emulated.js';
import { failure } from './failure.js';
import { sharedNode } from './node.js';
import { openScript, openThreads, threadPaths } from './opens.js';
import { NO_LIMITS } from './requests.js';

const LIMITS = { ...NO_LIMITS, ringBytes: 33_554_432, retentionBytes: 268_435_456 };

async function startFiltered(client: SondeClient, filter: string, whole = ''): Promise<Trace> {
	const probes = [{ probe: 'file.open', filter }];
	const { trace } = await client.startTrace({ probes, filter: whole, limits: LIMITS });
	assert.ok(trace !== undefined);
	return trace;
}

/** Opens missing files by these paths under a filter; gives the paths that came. */
async function openUnder(t: TestContext, filter: string, paths: readonly Buffer[]): Promise<string[]> {
	const { client } = await sharedNode();
	const opener = await openScript(
		t,
		paths.map((path) => ({ call: 'openat', path })),
	);
	const { traceId } = await startFiltered(client, `process.tgid == ${opener.pid} && (${filter})`);
	await opener.run();
	const messages = await stopAndRead(client, traceId);
	assert.deepEqual(violations(endedOf(messages).accounting ?? assert.fail(), true), []);
	return opensOf(messages, opener.pid).map(({ path }) => path.toString('latin1'));
}

const PATHS = [
	'/nonexistent/a',
	'/nonexistent/b.so',
	'/else/a',
	'/nonexistent/long/aé',
	'',
	'x'.repeat(4_095),
];

for (const [filter, wanted] of [
	['path.startsWith("/nonexistent/")', [0, 1, 3]],
	['path.endsWith(".so") || path.endsWith("/a")', [0, 1, 2]],
	['path.contains("long")', [3]],
	['path in ["/else/a", "/nonexistent/a"]', [0, 2]],
	['path == ""', [4]],
	['size(path) == 20', [3]],
	['size(path) > 250', [5]],
	['!path.startsWith("/") && ret == -36', [5]],
	['ret == -2 && math.bitAnd(flags, 3) == 0', [0, 1, 2, 3, 4]],
	['syscall == SYSCALL_OPENAT && dirfd == -100', [0, 1, 2, 3, 4, 5]],
] as const) {
	test(`the filter ${filter} lets exactly its events pass`, async (t) => {
		const found = await openUnder(
			t,
			filter,
			PATHS.map((path) => Buffer.from(path)),
		);
		const own = found.filter((path) => !path.includes('/lib'));
		assert.deepEqual(
			own,
			wanted.map((i) => Buffer.from(PATHS[i] ?? '').toString('latin1')),
		);
	});
}

test('filters see the exact bytes of a path that is no UTF-8', async (t) => {
	const broken = Buffer.from([0x2f, 0xff, 0x2f, 0x61]);
	assert.deepEqual(await openUnder(t, 'bytes(path) == b"/\\xff/a"', [broken]), [broken.toString('latin1')]);
	assert.deepEqual(await openUnder(t, 'path.contains("\\ufffd")', [broken]), []);
});

test('a trace says which part of its filters runs where, and counts what they reject', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 2, count: 500 });
	const { traceId, probes, filter } = await startFiltered(
		client,
		'path.endsWith("7") && process.uid == 0',
		`process.tgid == ${opener.pid}`,
	);
	assert.equal(filter, `process.tgid == ${opener.pid}`);
	assert.equal(probes[0]?.spec?.filter, 'path.endsWith("7") && process.uid == 0');
	const { filter: became } = probes[0] ?? {};
	assert.equal(became?.earlyExpression, `process.tgid == ${opener.pid} && process.uid == 0`);
	assert.equal(became?.lateExpression, 'path.endsWith("7")');
	assert.ok((became?.earlyInstructions ?? 0) > 0 && (became?.lateInstructions ?? 0) > 0);
	assert.ok((probes[0]?.attachment?.verifiedInstructions ?? 0n) > 500n);
	await opener.run();
	const messages = await stopAndRead(client, traceId);
	assert.deepEqual(
		pathsOf(messages, opener.pid),
		threadPaths(2, 500).filter((path) => path.endsWith('7')),
	);
	const { total } = endedOf(messages).accounting ?? assert.fail();
	assert.ok((total?.rejected ?? 0n) >= 900n);
	assert.equal(total?.filterError, 0n);
});

test('an expression that fails lets nothing pass, and is counted', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 100 });
	const { traceId } = await startFiltered(client, `process.tgid == ${opener.pid} && 1 / (ret + 2) == 1`);
	await opener.run();
	const messages = await stopAndRead(client, traceId);
	assert.deepEqual(pathsOf(messages, opener.pid), []);
	const { total } = endedOf(messages).accounting ?? assert.fail();
	assert.ok((total?.filterError ?? 0n) >= 100n);
});

/** Changes of a filter under load: SONDE_TEST_SWAPS, for a longer run. */
const SWAPS = Number(process.env.SONDE_TEST_SWAPS ?? (IS_EMULATED ? 6 : 60));

test(`a filter that changes ${SWAPS} times under load misses no event and doubles none`, async (t) => {
	const { client } = await sharedNode();
	const [threads, count] = [2, IS_EMULATED ? 500 : 3_000];
	// Each lets all of the openers' events pass, each in its own way.
	const filters = [
		'path.startsWith("/sonde/")',
		'process.comm == "opens" && path.startsWith("/sonde/")',
		'path >= "/sonde/" && path < "/sonde0"',
		`size(bytes(path)) > 8 && path.startsWith("/sonde/") && !(process.tgid in [${Array.from({ length: 40 }, (_, i) => i).join()}])`,
	];
	const { traceId } = await startFiltered(client, filters[0] ?? '');
	const seen = new Map<number, Uint8Array>();
	const reading = (async () => {
		for await (const message of client.streamEvents({ traceId })) countPaths(message, count, seen);
	})();
	let swaps = 0;
	const swapping = (async () => {
		while (swaps < SWAPS) {
			swaps++;
			const filter = filters[swaps % filters.length] ?? '';
			await client.updateTrace({ traceId, probes: [{ probeIndex: 0, filter }] });
		}
	})();
	const pids: number[] = [];
	while (swaps < SWAPS) {
		const opener = await openThreads(t, { threads, count });
		pids.push(opener.pid);
		seen.set(opener.pid, new Uint8Array(threads * count));
		await opener.run();
	}
	await swapping;
	const { trace } = await client.getTrace({ traceId });
	assert.equal(trace?.generation, BigInt(SWAPS + 1));
	await client.stopTrace({ traceId });
	await reading;
	const once = new Uint8Array(threads * count).fill(1);
	for (const pid of pids) assert.deepEqual(seen.get(pid), once);
	t.diagnostic(`${pids.length * threads * count} events`);
});

/** How often each file of openThreads was opened, by process: a long run has more events than there is memory for. */
function countPaths(
	message: StreamEventsResponse,
	count: number,
	seen: ReadonlyMap<number, Uint8Array>,
): void {
	for (const { process: source, payload } of message.events) {
		const counts = seen.get(source?.tgid ?? 0);
		if (counts === undefined || payload.case !== 'fileOpen') continue;
		const [, thread, file] = /^\/sonde\/(\d+)\/(\d+)$/.exec(payload.value.path) ?? [];
		const index = Number(thread) * count + Number(file);
		if (index in counts) counts[index] = (counts[index] ?? 0) + 1;
	}
}

test('a change that is wrong leaves the old filter as it is', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 50 });
	const { traceId } = await startFiltered(client, `process.tgid == ${opener.pid}`);
	const error = await failure(
		client.updateTrace({ traceId, probes: [{ probeIndex: 0, filter: 'path.startsWith(1)' }] }),
	);
	assert.equal(error.reason, 'INVALID_FILTER');
	assert.equal(error.violations[0]?.field, 'probes[0].filter');
	const { trace } = await client.getTrace({ traceId });
	assert.equal(trace?.generation, 1n);
	await opener.run();
	assert.deepEqual(pathsOf(await stopAndRead(client, traceId), opener.pid), threadPaths(1, 50));
});

test('sampling by process keeps a process whole or not at all', async (t) => {
	const { client } = await sharedNode();
	const openers = await Promise.all(
		Array.from({ length: 24 }, () => openThreads(t, { threads: 2, count: 50 })),
	);
	const sampling = { sampleOneIn: 2, mode: SamplingMode.PROCESS };
	const { trace } = await client.startTrace({ probes: [{ probe: 'file.open', sampling }], limits: LIMITS });
	assert.deepEqual(trace?.probes[0]?.spec?.sampling?.mode, SamplingMode.PROCESS);
	const traceId = trace?.traceId ?? '';
	for (const opener of openers) await opener.run();
	const messages = await stopAndRead(client, traceId);
	const counts = openers.map(({ pid }) => pathsOf(messages, pid).length);
	for (const count of counts) assert.ok(count === 0 || count === 100, `${count} of 100 opens of a process`);
	// By chance all of 24 are on one side once in eight million runs.
	assert.ok(counts.includes(0) && counts.includes(100), `all on one side: ${counts.join()}`);
	const { total } = endedOf(messages).accounting ?? assert.fail();
	assert.ok((total?.sampledOut ?? 0n) >= BigInt(100 * counts.filter((count) => count === 0).length));
});

/** A shell that has a child, waits for a file, and then opens missing files itself, by the child, and by a grandchild. */
const FAMILY = `
	wait_for() { while [ ! -e "$1" ]; do sleep 0.05; done; }
	(wait_for "$GO"; cat /sonde/tree/existing) &
	wait_for "$GO"
	cat /sonde/tree/new
	sh -c '(cat /sonde/tree/deep; true); true'
	wait`;

async function runFamily(t: TestContext, filterOf: (pid: number) => string): Promise<string[]> {
	const { client } = await sharedNode();
	const directory = mkdtempSync(join(tmpdir(), 'sonde-family-'));
	t.after(() => rmSync(directory, { recursive: true }));
	const go = join(directory, 'go');
	const family = spawn('sh', ['-c', FAMILY], { env: { ...process.env, GO: go }, stdio: 'ignore' });
	const ended = once(family, 'close');
	t.after(() => family.kill('SIGKILL'));
	// Its child is there before the filter is.
	await sleep(IS_EMULATED ? 2_000 : 300);
	const { traceId } = await startFiltered(
		client,
		`${filterOf(family.pid ?? 0)} && path.startsWith("/sonde/tree/")`,
	);
	writeFileSync(go, '');
	await once(spawn('cat', ['/sonde/tree/foreign'], { stdio: 'ignore' }), 'close');
	await ended;
	const messages = await stopAndRead(client, traceId);
	return messages
		.flatMap(({ events }) => events)
		.flatMap(({ payload }) => (payload.case === 'fileOpen' ? payload.value.path : []))
		.sort();
}

test('process.descends_from follows children that were there, and those that come', async (t) => {
	const paths = await runFamily(t, (pid) => `process.descends_from(${pid})`);
	assert.deepEqual(paths, ['/sonde/tree/deep', '/sonde/tree/existing', '/sonde/tree/new']);
});

test('process.in_namespace_of tells the namespaces of processes apart', async (t) => {
	const all = ['/sonde/tree/deep', '/sonde/tree/existing', '/sonde/tree/foreign', '/sonde/tree/new'];
	assert.deepEqual(await runFamily(t, (pid) => `process.in_namespace_of(${pid})`), all);
	const apart = spawn('unshare', ['--mount', 'sleep', '60'], { stdio: 'ignore' });
	t.after(() => apart.kill('SIGKILL'));
	await sleep(IS_EMULATED ? 2_000 : 300);
	assert.deepEqual(await runFamily(t, () => `process.in_namespace_of(${apart.pid}, "mnt")`), []);
	assert.deepEqual(await runFamily(t, () => `!process.in_namespace_of(${apart.pid}, "mnt")`), all);
});

test('processes and groups that are not there are refused', async () => {
	const { client } = await sharedNode();
	for (const [filter, message] of [
		['process.descends_from(4194303)', /there is no process 4194303\n/],
		['process.descends_from(process.tgid)', /the process must be written out\n/],
		['process.cgroup_under("/no-such-group")', /this host has no group "\/no-such-group" in cgroup v2\n/],
		['process.in_namespace_of(1, "net")', /a namespace is "pid" or "mnt"\n/],
	] as const) {
		assert.match((await failure(client.checkFilter({ filter }))).message, message);
	}
});

test('CheckFilter tells the parts, their size, and what the verifier walked', async () => {
	const { client } = await sharedNode();
	const filter = 'process.uid == 0 && path.startsWith("/etc/")';
	const answer = await client.checkFilter({ probe: 'file.open', filter });
	assert.equal(answer.earlyExpression, 'process.uid == 0');
	assert.equal(answer.lateExpression, 'path.startsWith("/etc/")');
	assert.ok(answer.verifiedInstructions > 300n);
	assert.match(answer.listing, /^early: process\.uid == 0\n {4}0: r0 = \*\(u32 \*\)\(r1 \+ \d+\)\n/);
	const common = await client.checkFilter({ filter: 'process.comm == "a"' });
	assert.equal(common.verifiedInstructions, 0n);
});

test('CheckFilter shows where a mistake is, and what was meant', async () => {
	const { client } = await sharedNode();
	const error = await failure(
		client.checkFilter({ probe: 'file.open', filter: 'process.uid == 0 &&\n  pathh.endsWith("a")' }),
	);
	assert.equal(error.reason, 'INVALID_FILTER');
	assert.equal(
		error.message,
		'filter, line 2, column 3: there is no field pathh; did you mean path?\n  pathh.endsWith("a")\n  ^^^^^',
	);
	assert.deepEqual(error.metadata, { line: '2', column: '3', length: '5', suggestion: 'path' });
	const types = await failure(client.checkFilter({ probe: 'file.open', filter: 'ret == "a"' }));
	assert.equal(types.metadata.expected, 'int');
	assert.equal(types.metadata.found, 'string');
});
