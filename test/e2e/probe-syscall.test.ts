// syscall and syscall.error: real calls of every kind, and every field of what is seen.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { StageCounts, StreamEventsResponse } from '../../clients/typescript/index.js';
import { localFeatures } from '../../service/catalog/features.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { startChild } from './child.js';
import { endedOf, eventsOf } from './collect.js';
import { waiting } from './opens.js';
import { unavailable, watch } from './watch.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/system-calls');
const IS_EXACT = localFeatures().some(({ name, available }) => available && name === 'exact_btf_tracepoints');
const [EPERM, EBADF, ENOSYS, ERESTARTSYS, ERESTARTNOHAND] = [1, 9, 38, 512, 514];
const NANOSLEEP_NS = 20_000_000n;

/** What both probes saw of a process that made its calls, with what it printed. */
interface Seen {
	readonly pid: number;
	readonly printed: number[];
	readonly messages: readonly StreamEventsResponse[];
	/** Of syscall, and of syscall.error. */
	readonly counts: readonly [StageCounts, StageCounts];
}

/** Both probes watch such a process; `calls`: empty for all. */
async function watchCalls(
	t: TestContext,
	args: readonly string[],
	calls: readonly string[],
	filterOf = (pid: number) => `process.tgid == ${pid}`,
): Promise<Seen> {
	const caller = await waiting(startChild(t, PROGRAM, args), '');
	const value = { calls: [...calls] };
	const filter = filterOf(caller.pid);
	let printed: number[] = [];
	const messages = await watch(
		[
			{ probe: 'syscall', filter, options: { case: 'syscall', value } },
			{ probe: 'syscall.error', filter, options: { case: 'syscallError', value } },
		],
		async () => {
			printed = (await caller.run())
				.split('\n')
				.filter((line) => line !== '')
				.map(Number);
		},
	);
	const [ofCalls, ofErrors] = endedOf(messages).accounting?.probes ?? [];
	assert.ok(ofCalls !== undefined && ofErrors !== undefined);
	return { pid: caller.pid, printed, messages, counts: [ofCalls, ofErrors] };
}

function callsOf({ messages }: Seen) {
	return eventsOf(messages, 'syscall').map(({ payload }) => payload);
}

function errorsOf({ messages }: Seen) {
	return eventsOf(messages, 'syscallError').map(({ payload }) => payload);
}

function argsOf(payload: { [N in `arg${0 | 1 | 2 | 3 | 4 | 5}`]: bigint }): bigint[] {
	const { arg0, arg1, arg2, arg3, arg4, arg5 } = payload;
	return [arg0, arg1, arg2, arg3, arg4, arg5];
}

const unsigned = (value: number) => BigInt.asUintN(64, BigInt(value));

async function skip(t: TestContext): Promise<boolean> {
	const reason = await unavailable('syscall');
	if (reason !== false) t.skip(reason);
	return reason !== false;
}

test('all calls of a process: names, numbers, arguments, results, times', async (t) => {
	if (await skip(t)) return;
	const seen = await watchCalls(t, ['plain'], []);
	const all = callsOf(seen);
	// Before are those that waited for the trace.
	const calls = all.slice(1 + all.findLastIndex(({ name, arg0 }) => name === 'read' && arg0 === 0n));
	const dcookie = seen.printed.at(-1);
	assert.deepEqual(
		calls.map(({ name, number, ret }) => [name, number, Number(ret)]),
		[
			['getpid', 39, seen.pid],
			['copy_file_range', 326, -EBADF],
			['read', 0, -EBADF],
			['500', 500, -ENOSYS],
			['nanosleep', 35, 0],
			['lookup_dcookie', 212, dcookie],
			['write', 1, seen.printed.join('\n').length + 1],
		],
	);
	assert.deepEqual(
		seen.printed,
		calls.slice(0, -1).map(({ ret }) => Number(ret)),
	);
	const [, range, read, unnamed, sleep] = calls;
	assert.ok(range !== undefined && read !== undefined && unnamed !== undefined && sleep !== undefined);
	const wide = [0x7fff_ff01n, 0x1111_2222_3333_4444n, 3n, 0x5555_6666_7777_8888n, 5n, 0n];
	assert.deepEqual(argsOf(range), wide);
	assert.deepEqual(argsOf(read).slice(0, 3), [99n, 1n, 2n]);
	assert.deepEqual(argsOf(unnamed), [-1, -2, -3, -4, -5, -6].map(unsigned));
	assert.ok(sleep.latencyNs >= NANOSLEEP_NS, `${sleep.latencyNs}`);
	assert.ok(calls.every(({ latencyNs }) => latencyNs > 0n));
	const errors = errorsOf(seen).slice(-4);
	assert.deepEqual(
		errors.map(({ name, number, errno }) => [name, number, errno]),
		[
			['copy_file_range', 326, EBADF],
			['read', 0, EBADF],
			['500', 500, ENOSYS],
			['lookup_dcookie', 212, -(dcookie ?? 0)],
		],
	);
	assert.deepEqual(errors.map(argsOf).slice(0, 1), [wide]);
	assert.deepEqual(errors.map(argsOf)[2], [-1, -2, -3, -4, -5, -6].map(unsigned));
});

test('calls that are not chosen are not hits', async (t) => {
	if (await skip(t)) return;
	// Nobody else makes this one.
	const seen = await watchCalls(t, ['plain'], ['lookup_dcookie'], () => '');
	assert.deepEqual(
		seen.counts.map(({ fired, matched, startLost }) => ({ fired, matched, startLost })),
		[
			{ fired: 1n, matched: 1n, startLost: 0n },
			{ fired: 1n, matched: 1n, startLost: 0n },
		],
	);
	assert.deepEqual(
		[...callsOf(seen), ...errorsOf(seen)].map(argsOf).map((args) => args.slice(0, 3)),
		[
			[1n, 2n, 3n],
			[1n, 2n, 3n],
		],
	);
});

test('a call that a signal interrupts is one event, and another one when it is made again', async (t) => {
	if (await skip(t)) return;
	const seen = await watchCalls(t, ['signals'], ['read', 'pause', 'rt_sigreturn']);
	const [pipe = -1] = seen.printed;
	const own = <P extends { name: string; arg0: bigint }>(payloads: readonly P[]) =>
		payloads.filter(({ name, arg0 }) => name !== 'read' || arg0 === BigInt(pipe));
	assert.deepEqual(
		own(callsOf(seen)).map(({ name, ret }) => [name, Number(ret)]),
		[
			['read', -ERESTARTSYS],
			['read', 1],
			['read', -ERESTARTSYS],
			['pause', -ERESTARTNOHAND],
		],
	);
	assert.deepEqual(
		own(errorsOf(seen)).map(({ name, errno }) => [name, errno]),
		[
			['read', ERESTARTSYS],
			['read', ERESTARTSYS],
			['pause', ERESTARTNOHAND],
		],
	);
});

test('a fork is one event, an execve keeps its arguments also in another thread, an exit is none', async (t) => {
	if (await skip(t)) return;
	const calls = ['fork', 'vfork', 'clone', 'clone3', 'execve', 'exit', 'exit_group'];
	const family = (pid: number) => `process.tgid == ${pid} || process.ppid == ${pid}`;
	const seen = await watchCalls(t, ['processes'], calls, family);
	const own = eventsOf(seen.messages, 'syscall');
	assert.deepEqual(
		own.map(({ event }) => event.process?.tgid),
		own.map(() => seen.pid),
	);
	const births = own.filter(({ payload }) => ['fork', 'clone', 'vfork'].includes(payload.name));
	// Where the C library has no clone3, or the kernel no such call, it makes threads by clone.
	const [forked, cloned, ...rest] = births.map(({ payload }) => [payload.name, Number(payload.ret)]);
	const [first, second, third] = seen.printed;
	assert.deepEqual(
		[forked, cloned, rest[0]],
		[
			['fork', first],
			['clone', second],
			['vfork', third],
		],
	);
	const thread = own.find(({ payload }) => payload.name === 'clone3' && payload.ret > 0n);
	assert.ok((rest.length === 1) === (thread !== undefined), 'the thread is made once');
	const execs = own.filter(({ payload }) => payload.name === 'execve');
	assert.deepEqual(
		execs.map(({ event, payload }) => [payload.ret, event.process?.tid, event.process?.comm]),
		[[0n, seen.pid, 'exe']],
	);
	const [exec] = execs;
	assert.ok(exec !== undefined && exec.payload.arg0 !== 0n && exec.payload.arg1 !== 0n);
	assert.ok(!own.some(({ payload }) => payload.name.startsWith('exit')));
	assert.equal(seen.counts[0].startLost, 0n);
});

test('calls of i386 and x32 code are not taken for others', async (t) => {
	if (await skip(t)) return;
	const seen = await watchCalls(t, ['foreign'], ['close', 'lstat']);
	if (Number.isNaN(seen.printed[0])) t.diagnostic('this kernel has no calls of i386');
	else assert.equal(seen.printed[0], -EBADF);
	const ofDescriptor = <P extends { name: string; arg0: bigint }>(payloads: readonly P[]) =>
		payloads.filter(({ name, arg0 }) => name === 'lstat' || arg0 === 99n).map(({ name }) => name);
	assert.deepEqual(ofDescriptor(callsOf(seen)), ['close']);
	assert.deepEqual(ofDescriptor(errorsOf(seen)), ['close']);
	assert.equal(seen.counts[0].startLost, 0n);
});

test('what seccomp answers is an error, and for syscall a call without a beginning', async (t) => {
	if (await skip(t)) return;
	const seen = await watchCalls(t, ['seccomp'], ['getpgrp']);
	assert.deepEqual(seen.printed, [-EPERM]);
	assert.deepEqual(
		errorsOf(seen).map(({ name, errno }) => [name, errno]),
		[['getpgrp', EPERM]],
	);
	assert.deepEqual(callsOf(seen), []);
	assert.equal(seen.counts[0].startLost, 1n);
});

test('8 threads on one CPU: all calls are seen with their own arguments, or counted as lost', async (t) => {
	if (await skip(t)) return;
	const [threads, count] = [8, 2_000];
	const filterOf = (pid: number) => `process.tgid == ${pid} && name == "lseek" && arg0 >= 10000`;
	const seen = await watchCalls(t, ['threads', String(threads), String(count)], ['lseek', 'close'], filterOf);
	const made = Array.from(
		{ length: threads * count },
		(_, i) => `${10_000 + Math.floor(i / count)} ${i % count}`,
	);
	const isMade = new Set(made);
	const [ofCalls, ofErrors] = seen.counts;
	for (const [payloads, { missed = 0n, startLost }] of [
		[callsOf(seen), ofCalls],
		[errorsOf(seen), ofErrors],
	] as const) {
		const found = payloads.map(({ arg0, arg1 }) => `${arg0} ${arg1}`);
		assert.equal(new Set(found).size, found.length, 'none is doubled');
		assert.ok(found.every((each) => isMade.has(each)));
		const lost = made.length - found.length;
		if (IS_EXACT) assert.equal(lost, 0);
		else assert.ok(missed + startLost >= lost, `${lost} were lost, ${missed} and ${startLost} counted`);
		t.diagnostic(`${lost} of ${made.length} lost, ${missed} missed, ${startLost} starts lost`);
	}
	assert.ok(callsOf(seen).every(({ ret }) => ret === BigInt(-EBADF)));
	assert.ok(errorsOf(seen).every(({ errno }) => errno === EBADF));
});
