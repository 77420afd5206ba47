// memory.oom_kill, memory.reclaim, memory.major_fault and sched.run_queue: memory that runs out in a cgroup, pages that are not
// there, and threads that share a CPU.
import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdirSync, openSync, rmdirSync, writeFileSync, writeSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MemoryReclaim_Scope, SamplingMode } from '../../clients/typescript/index.js';
import { isKernelAtLeast } from '../../service/catalog/kernel-version.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { startChild } from './child.js';
import { endedOf, eventsOf, stopAndRead } from './collect.js';
import { loopDevice } from './loop-device.js';
import { sharedNode } from './node.js';
import { openThreads } from './opens.js';
import { NO_LIMITS } from './requests.js';
import { watch } from './watch.js';

const FAULTS = join(PACKAGE_ROOT, 'dist/test/e2e/faults');
const PAGE_BYTES = 4096;
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

/** A block device with a function that returns, where the program looks for one. */
function deviceWithCode(t: TestContext): string | Error {
	const loop = loopDevice(t);
	if (loop instanceof Error) return loop;
	const file = openSync(loop.device, 'r+');
	writeSync(file, Buffer.from([0xc3]), 0, 1, 512 * PAGE_BYTES);
	closeSync(file);
	return loop.device;
}

test('pages of a file that are not in memory: each fault, what it wanted, and how long it took', async (t) => {
	const device = deviceWithCode(t);
	if (device instanceof Error) return t.skip(`no loop device can be made: ${device.message}`);
	const child = startChild(t, FAULTS, [device]);
	await child.untilStdout(/^\d+\n/);
	let addresses: bigint[] = [];
	const messages = await watch([{ probe: 'memory.major_fault' }], async () => {
		child.process.stdin?.end('\n');
		const { code, stdout } = await child.ended;
		assert.equal(code, 0);
		addresses = stdout.trim().split('\n').slice(1).map(BigInt);
	});
	const mapped = new Set(addresses.map((address) => address / BigInt(PAGE_BYTES)));
	const seen = eventsOf(messages, 'memoryMajorFault').filter(
		({ event, payload }) =>
			event.process?.tgid === child.pid && mapped.has(payload.address / BigInt(PAGE_BYTES)),
	);
	const counts = endedOf(messages).accounting?.total;
	const lost = (counts?.missed ?? 0n) + (counts?.startLost ?? 0n);
	const touched = new Set(addresses);
	assert.equal(new Set(seen.map(({ payload }) => payload.address)).size, seen.length, 'none is doubled');
	assert.ok(seen.every(({ payload }) => touched.has(payload.address)));
	assert.ok(
		BigInt(addresses.length - seen.length) <= lost,
		`${seen.length} of ${addresses.length}, ${lost} lost`,
	);
	const isHere = addresses
		.slice(0, 4)
		.map((address) => seen.find(({ payload }) => payload.address === address));
	assert.deepEqual(
		isHere.map((fault) => [fault?.payload.write, fault?.payload.execute, fault?.payload.userMode]),
		[
			[false, false, true],
			[true, false, true],
			[false, false, false],
			[false, true, true],
		],
	);
	for (const { event, payload } of seen) {
		assert.ok(payload.latencyNs > 0n && payload.latencyNs < 60_000_000_000n, `${payload.latencyNs}`);
		assert.equal(payload.instructionAddress === payload.address, payload.execute);
		assert.equal(payload.instructionAddress >> 63n === 0n, payload.userMode);
		assert.equal(event.process?.comm, 'faults');
	}
	assert.equal(new Set(seen.map(({ event }) => event.process?.tid)).size, 5);
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
