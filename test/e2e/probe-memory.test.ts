// memory.oom_kill, memory.reclaim and sched.run_queue: memory that runs out in a cgroup, and threads that share a CPU.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MemoryReclaim_Scope, SamplingMode } from '../../clients/typescript/index.js';
import { isKernelAtLeast } from '../../service/catalog/kernel-version.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { startChild } from './child.js';
import { eventsOf, stopAndRead } from './collect.js';
import { sharedNode } from './node.js';
import { openThreads } from './opens.js';
import { NO_LIMITS } from './requests.js';
import { watch } from './watch.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/privileged');
const LIMIT_BYTES = 16 * 1024 * 1024;

/** Where the memory of groups can be limited: cgroup v2, or the controller of its own before. */
function memoryCgroups(): { readonly root: string; readonly limit: string } | undefined {
	const v2 = '/sys/fs/cgroup';
	if (existsSync(`${v2}/cgroup.subtree_control`)) {
		try {
			writeFileSync(`${v2}/cgroup.subtree_control`, '+memory');
		} catch {
			return undefined;
		}
		return { root: v2, limit: 'memory.max' };
	}
	const v1 = `${v2}/memory`;
	return existsSync(`${v1}/memory.limit_in_bytes`) ? { root: v1, limit: 'memory.limit_in_bytes' } : undefined;
}

/** A group of the test's own with little memory. */
function smallCgroup(t: TestContext): string | undefined {
	const cgroups = memoryCgroups();
	if (cgroups === undefined) return undefined;
	const group = join(cgroups.root, `sonde-test-${process.pid}`);
	mkdirSync(group);
	t.after(() => rmdirSync(group));
	writeFileSync(join(group, cgroups.limit), String(LIMIT_BYTES));
	return group;
}

test('memory that runs out: who tried to free some, and who was ended', async (t) => {
	const group = smallCgroup(t);
	if (group === undefined) return t.skip('this machine has no memory controller of cgroups');
	const victim = startChild(t, PROGRAM, ['memory', '64']);
	await victim.untilStdout(/^\d+\n/);
	writeFileSync(join(group, 'cgroup.procs'), String(victim.pid));
	const messages = await watch([{ probe: 'memory.oom_kill' }, { probe: 'memory.reclaim' }], async () => {
		victim.process.stdin?.end();
		const { signal } = await victim.ended;
		assert.equal(signal, 'SIGKILL');
	});
	const [kill, ...others] = eventsOf(messages, 'memoryOomKill').filter(
		({ payload }) => payload.victimTgid === victim.pid,
	);
	assert.equal(others.length, 0);
	const hasTask = isKernelAtLeast(release(), 6, 9);
	assert.equal(kill?.event.process?.tgid, victim.pid);
	if (hasTask) {
		assert.equal(kill?.payload.victimComm, 'privileged');
		const bytes = kill?.payload.victimVirtualBytes ?? 0n;
		assert.ok(bytes > 64n << 20n && bytes < 256n << 20n, `${bytes}`);
	}
	const reclaims = eventsOf(messages, 'memoryReclaim').filter(
		({ event }) => event.process?.tgid === victim.pid,
	);
	assert.ok(reclaims.length > 0);
	for (const { payload } of reclaims) {
		assert.equal(payload.scope, MemoryReclaim_Scope.CGROUP);
		assert.ok(payload.latencyNs > 0n && payload.latencyNs < 60_000_000_000n);
		assert.ok(payload.reclaimedBytes % 4096n === 0n && payload.reclaimedBytes <= BigInt(LIMIT_BYTES));
	}
});

test('threads that share a CPU wait for it, and are seen as themselves', async (t) => {
	const opener = await openThreads(t, { threads: 4, cpu: 0, count: 20_000 });
	const filter = `process.tgid == ${opener.pid} && wait_ns > duration("500us")`;
	const messages = await watch([{ probe: 'sched.run_queue', filter }], async () => {
		await opener.run();
	});
	const waits = eventsOf(messages, 'schedRunQueue');
	assert.ok(waits.some(({ payload }) => payload.preempted));
	const threads = new Set<number>();
	for (const { event, payload } of waits) {
		assert.equal(event.process?.tgid, opener.pid);
		assert.equal(event.process?.ppid, process.pid);
		assert.equal(event.process?.comm, 'opens');
		assert.ok(payload.waitNs > 500_000n && payload.waitNs < 60_000_000_000n);
		threads.add(event.process?.tid ?? 0);
	}
	const onOne = waits.filter(({ event }) => event.cpu === 0);
	assert.ok(onOne.length > 0);
	assert.ok(threads.size >= 4, `${threads.size} threads`);
});

test('sampling by process goes by who waited, not by who ran', async (t) => {
	const { client } = await sharedNode();
	const openers = await Promise.all(
		Array.from({ length: 16 }, () => openThreads(t, { threads: 2, cpu: 0, count: 300 })),
	);
	const filter = `process.tgid in [${openers.map(({ pid }) => pid).join()}]`;
	const limits = { ...NO_LIMITS, ringBytes: 33_554_432 };
	const sampling = { sampleOneIn: 2, mode: SamplingMode.PROCESS };
	const start = async (probe: { sampling?: typeof sampling }) => {
		const { trace } = await client.startTrace({
			probes: [{ probe: 'sched.run_queue', filter, ...probe }],
			limits,
		});
		return trace?.traceId ?? '';
	};
	const [whole, sampled] = [await start({}), await start({ sampling })];
	await Promise.all(openers.map((opener) => opener.run()));
	const countsOf = async (traceId: string) => {
		const waits = eventsOf(await stopAndRead(client, traceId), 'schedRunQueue');
		return openers.map(({ pid }) => waits.filter(({ event }) => event.process?.tgid === pid).length);
	};
	const [all, some] = [await countsOf(whole), await countsOf(sampled)];
	for (const [i, count] of some.entries())
		assert.ok(count === 0 || count === all[i], `${count} of ${all[i]}`);
	// By chance all of 16 are on one side once in thirty thousand runs.
	assert.ok(some.includes(0) && some.some((count) => count > 0), `all on one side: ${some.join()}`);
});
