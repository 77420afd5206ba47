// process.exec, process.exit, process.fork and signal.send: real processes, and every field of what is seen of them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Event, SignalSend_Result } from '../../clients/typescript/index.js';
import { localFeatures } from '../../service/catalog/features.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { startChild } from './child.js';
import { endedOf, eventsOf } from './collect.js';
import { temporaryDirectory } from './node.js';
import { watch } from './watch.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/processes');
const ENOENT = -2;
const EACCES = -13;
const MOST_ARGS_BYTES = 24_576;

/** Runs a program to its end. */
async function run(command: string, args: readonly string[], argv0 = command): Promise<number> {
	const child = spawn(command, args, { stdio: 'ignore', argv0 });
	// What cannot be started has no other end.
	await Promise.race([once(child, 'close'), new Promise((resolve) => child.on('error', resolve))]);
	return child.pid ?? 0;
}

test('a program that was started: path, arguments, name, and what was cut', async (t) => {
	const directory = temporaryDirectory(t);
	const script = join(directory, 'script');
	writeFileSync(script, '#!/bin/sh\nexit 3\n');
	chmodSync(script, 0o755);
	const long = 'x'.repeat(MOST_ARGS_BYTES);
	const pids: number[] = [];
	const messages = await watch([{ probe: 'process.exec' }], async () => {
		pids.push(await run('/bin/true', ['one', '', 'two words', 'ünïcode-✓'], 'named'));
		pids.push(await run(script, ['a']));
		pids.push(await run('/bin/true', [long, 'behind']));
		pids.push(await run('/bin/sh', ['-c', `exec /bin/true "$(printf 'bad\\377')" good`]));
	});
	const execs = eventsOf(messages, 'processExec');
	const of = (pid: number | undefined) => execs.filter(({ event }) => event.process?.tgid === pid);

	const [plain, ...more] = of(pids[0]);
	assert.equal(more.length, 0);
	const args = ['named', 'one', '', 'two words', 'ünïcode-✓'];
	const { payload, event } = plain ?? assert.fail();
	assert.deepEqual(payload.args, args);
	assert.equal(payload.path, '/bin/true');
	assert.equal(payload.ret, 0);
	assert.equal(payload.argsBytes, Buffer.byteLength(`${args.join('\0')}\0`));
	assert.deepEqual(payload.argsRaw, []);
	assert.deepEqual(
		[payload.argsTruncated, payload.argsUnreadable, payload.pathTruncated, payload.pathUnreadable],
		[false, false, false, false],
	);
	assert.equal(event.process?.comm, 'true');
	assert.equal(event.process?.ppid, process.pid);

	const [scripted] = of(pids[1]);
	assert.equal(scripted?.payload.path, script);
	assert.deepEqual(scripted?.payload.args, ['/bin/sh', script, 'a']);

	const [cut] = of(pids[2]);
	assert.equal(cut?.payload.argsTruncated, true);
	assert.equal(cut?.payload.argsBytes, '/bin/true\0'.length + long.length + '\0behind\0'.length);
	assert.deepEqual(cut?.payload.args, ['/bin/true', long.slice('/bin/true\0'.length)]);

	const [, raw] = of(pids[3]);
	assert.deepEqual(raw?.payload.args, ['/bin/true', 'bad\ufffd', 'good']);
	assert.deepEqual(
		raw?.payload.argsRaw.map((bytes) => Buffer.from(bytes).toString('latin1')),
		['/bin/true', 'bad\xff', 'good'],
	);
});

test('programs that were not started: why, and with which arguments', async (t) => {
	const directory = temporaryDirectory(t);
	const file = join(directory, 'file');
	writeFileSync(file, '');
	const many = Array.from({ length: 200 }, (_, i) => `argument-${i}`);
	const messages = await watch([{ probe: 'process.exec' }], async () => {
		await run(file, ['denied']);
		await run('/sonde/missing', ['a', '']);
		await run('/sonde/many', many);
		await run('/sonde/long', ['y'.repeat(5_000)]);
	});
	const failed = eventsOf(messages, 'processExec').filter(({ event }) => event.process?.ppid === process.pid);
	const of = (path: string) => failed.find(({ payload }) => payload.path === path)?.payload;
	assert.equal(of(file)?.ret, EACCES);
	assert.deepEqual(of(file)?.args, [file, 'denied']);
	assert.equal(of('/sonde/missing')?.ret, ENOENT);
	assert.deepEqual(of('/sonde/missing')?.args, ['/sonde/missing', 'a', '']);
	assert.equal(of('/sonde/missing')?.argsBytes, '/sonde/missing\0a\0\0'.length);
	assert.equal(of('/sonde/missing')?.argsTruncated, false);
	assert.deepEqual(of('/sonde/many')?.args, ['/sonde/many', ...many].slice(0, 128));
	assert.equal(of('/sonde/many')?.argsTruncated, true);
	assert.deepEqual(of('/sonde/long')?.args, ['/sonde/long', 'y'.repeat(4_095)]);
	assert.equal(of('/sonde/long')?.argsTruncated, true);
});

test('ends of processes: status or signal, lifetime, memory, and once for any number of threads', async () => {
	const pids: number[] = [];
	const messages = await watch([{ probe: 'process.exit' }], async () => {
		pids.push(await run(PROGRAM, ['exit', '42']));
		pids.push(await run(PROGRAM, ['signal', String(constants.signals.SIGUSR1)]));
		pids.push(await run('/bin/sleep', ['0.2']));
		for (let i = 0; i < 20; i++) pids.push(await run(PROGRAM, ['last-thread', '16']));
	});
	const exits = eventsOf(messages, 'processExit');
	const seen = pids.map((pid) => exits.filter(({ event }) => event.process?.tgid === pid));
	assert.deepEqual(
		seen.map(({ length }) => length),
		pids.map(() => 1),
	);
	const [status, signal, slept, ...threads] = seen.flat().map(({ payload }) => payload);
	assert.equal(status?.exitCode, 42);
	assert.equal(status?.signal, 0);
	assert.equal(signal?.exitCode, 0);
	assert.equal(signal?.signal, constants.signals.SIGUSR1);
	assert.equal(signal?.coreDumped, false);
	assert.ok((slept?.lifetimeNs ?? 0n) >= 200_000_000n && (slept?.lifetimeNs ?? 0n) < 20_000_000_000n);
	for (const { peakResidentBytes } of [status, slept, ...threads].filter((exit) => exit !== undefined)) {
		assert.ok(peakResidentBytes > 100_000n && peakResidentBytes < 1_000_000_000n, `${peakResidentBytes}`);
	}
});

test('signals: who sent what to whom, and what became of it', async (t) => {
	const ignoring = startChild(t, '/bin/sh', ['-c', 'trap "" USR1; echo ready; read line']);
	await ignoring.untilStdout(/ready/);
	const messages = await watch([{ probe: 'signal.send' }], async () => {
		process.kill(ignoring.pid, 'SIGUSR1');
		process.kill(ignoring.pid, 'SIGKILL');
		await ignoring.ended;
	});
	const sent = eventsOf(messages, 'signalSend').filter(({ payload }) => payload.targetTgid === ignoring.pid);
	assert.deepEqual(
		sent.map(({ payload, event }) => ({ ...payload, $typeName: '', by: event.process?.tgid })),
		[
			{ signal: constants.signals.SIGUSR1, result: SignalSend_Result.IGNORED },
			{ signal: constants.signals.SIGKILL, result: SignalSend_Result.DELIVERED },
		].map(({ signal, result }) => ({
			...{
				$typeName: '',
				signal,
				code: 0,
				targetTgid: ignoring.pid,
				targetTid: ignoring.pid,
				targetComm: 'sh',
			},
			...{ toProcess: true, result, by: process.pid },
		})),
	);
	const [child] = eventsOf(messages, 'signalSend').filter(
		({ payload, event }) =>
			payload.signal === constants.signals.SIGCHLD && event.process?.tgid === ignoring.pid,
	);
	assert.equal(child?.payload.targetTgid, process.pid);
	assert.equal(child?.payload.code, 2, 'CLD_KILLED');
});

test("a signal that the kernel sends from an interrupt is nobody's, and not of who was interrupted", async (t) => {
	// It sleeps, while others keep the CPUs busy, until its timer comes.
	const busy = [0, 1, 2, 3].map(() => startChild(t, '/bin/sh', ['-c', 'while :; do :; done']));
	let target = 0;
	const messages = await watch([{ probe: 'signal.send' }], async () => {
		const waiting = startChild(t, '/usr/bin/timeout', ['-s', 'USR1', '0.3', '/bin/sleep', '60']);
		target = waiting.pid;
		await waiting.ended;
	});
	for (const each of busy) each.process.kill();
	const sent = eventsOf(messages, 'signalSend').filter(({ payload }) => payload.targetTgid === target);
	const timer = sent.find(({ payload }) => payload.signal === constants.signals.SIGALRM);
	assert.equal(timer?.payload.code, -2, 'SI_TIMER');
	const { tgid, cgroupId, comm, startBoottimeNs } = timer.event.process ?? assert.fail();
	assert.deepEqual(
		{ tgid, cgroupId, comm, startBoottimeNs },
		{ tgid: 0, cgroupId: 0n, comm: '', startBoottimeNs: 0n },
	);
	// What it does then is its own.
	const own = eventsOf(messages, 'signalSend').filter(({ event }) => event.process?.tgid === target);
	assert.ok(own.some(({ payload }) => payload.signal === constants.signals.SIGUSR1));
});

for (const { name, cpu } of [
	{ name: '8 threads at once', cpu: -1 },
	{ name: '8 threads on one CPU', cpu: 0 },
]) {
	test(`${name}: each process is forked, started and ended exactly once`, async (t) => {
		await everyProcess(t, cpu);
	});
}

/** Whether this kernel has one of these features. */
function hasAny(...names: readonly string[]): boolean {
	return localFeatures().some(({ name, available }) => available && names.includes(name));
}

/** All of what was wanted was seen, and nothing twice; what is lacking was counted as missed, where that can happen. */
function checkSeen<T extends string | number>(
	seen: readonly T[],
	wanted: readonly T[],
	{ isExact, missed }: { readonly isExact: boolean; readonly missed: bigint | undefined },
): void {
	const isWanted = new Set(wanted);
	assert.equal(new Set(seen).size, seen.length, 'none is doubled');
	assert.deepEqual(
		seen.filter((each) => !isWanted.has(each)),
		[],
	);
	const lost = BigInt(wanted.length - seen.length);
	if (isExact) assert.equal(lost, 0n);
	else assert.ok((missed ?? 0n) >= lost, `${lost} were lost, ${missed} counted`);
}

async function everyProcess(t: TestContext, cpu: number): Promise<void> {
	const threads = 8;
	const count = 25;
	const starter = startChild(t, PROGRAM, [String(threads), String(cpu), String(count)]);
	await starter.untilStdout(/^\d+\n/);
	let children: number[] = [];
	const messages = await watch(
		[{ probe: 'process.fork' }, { probe: 'process.exec' }, { probe: 'process.exit' }],
		async () => {
			starter.process.stdin?.end('\n');
			const { code, stdout } = await starter.ended;
			assert.equal(code, 0);
			children = stdout.trim().split('\n').slice(1).map(Number);
		},
	);
	assert.equal(children.length, threads * count);
	const isChild = new Set(children);
	const [ofForks, ofExecs, ofExits] = (endedOf(messages).accounting?.probes ?? []).map(
		({ missed }) => missed,
	);
	const isExact = hasAny('exact_btf_tracepoints');
	const forks = eventsOf(messages, 'processFork').filter(({ event }) => event.process?.tgid === starter.pid);
	const processes = forks.filter(({ payload }) => !payload.isThread);
	const started = forks.filter(({ payload }) => payload.isThread);
	checkSeen(
		processes.map(({ payload }) => payload.childTgid),
		children,
		{ isExact, missed: ofForks },
	);
	assert.ok(started.length <= threads && (!isExact || started.length === threads));
	assert.ok(
		started.every(({ payload }) => payload.childTgid === starter.pid && payload.childTid !== starter.pid),
	);

	const execs = eventsOf(messages, 'processExec').filter(({ event }) => isChild.has(tgidOf(event)));
	const good = execs.filter(({ payload }) => payload.ret === 0);
	checkSeen(
		good.map(({ event }) => tgidOf(event)),
		children,
		{ isExact, missed: ofExecs },
	);
	const startOf = new Map(processes.map(({ payload }) => [payload.childTgid, payload.childStartBoottimeNs]));
	for (const { event, payload } of good) {
		assert.deepEqual(payload.args.slice(0, 2), ['processes', 'exit']);
		const start = startOf.get(tgidOf(event));
		if (isExact || start !== undefined) assert.equal(event.process?.startBoottimeNs, start);
	}
	const exits = eventsOf(messages, 'processExit').filter(({ event }) => isChild.has(tgidOf(event)));
	checkSeen(
		exits.map(({ event }) => tgidOf(event)),
		children,
		{ isExact, missed: ofExits },
	);
	const statusOf = new Map(good.map(({ event, payload }) => [tgidOf(event), Number(payload.args[2])]));
	for (const { event, payload } of exits) {
		const status = statusOf.get(tgidOf(event));
		if (isExact || status !== undefined) assert.equal(payload.exitCode, status);
	}

	const failed = execs.filter(({ payload }) => payload.ret !== 0);
	const missing = Array.from(
		{ length: threads * count },
		(_, i) => `/sonde/${Math.floor(i / count)}/${i % count}`,
	);
	checkSeen(
		failed.map(({ payload }) => payload.path),
		missing,
		{
			isExact: hasAny('exact_tracepoints', 'return_probes'),
			missed: ofExecs,
		},
	);
}

function tgidOf({ process: source }: Event): number {
	return source?.tgid ?? 0;
}
