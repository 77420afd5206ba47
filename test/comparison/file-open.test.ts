import { setTimeout as sleep } from 'node:timers/promises';
import { FileOpen_Syscall as Syscall } from '../../clients/typescript/index.js';
import type { Hooks } from '../e2e/child.js';
import { eventsOf } from '../e2e/collect.js';
import { type OpenCall, openScriptInParts } from '../e2e/opens.js';
import { bpftrace, parseEvents, print } from './bpftrace.js';
import { compare, type Workload } from './compare.js';
import type { Peer } from './peer.js';
import { numberIn, parseTable, textIn } from './table.js';
import { libbpfTool } from './tool.js';

const ROUNDS = 8;
// include/uapi/asm-generic/fcntl.h
const O_RDWR = 2;
const O_CREAT = 0o100;
const O_CLOEXEC = 0o2000000;

const PATHS = [
	'/dev/null',
	'/sonde/missing',
	'relative/missing',
	'',
	'/sonde/with space',
	'/sonde/with\nnewline',
	'/sonde/ünïcode-✓',
	`/sonde/${'n'.repeat(300)}`,
	`/sonde/${'long/'.repeat(800)}`,
].map((path) => Buffer.from(path));
const STRANGE = Buffer.from('/sonde/\xff\xfe', 'latin1');

const CALLS: readonly OpenCall[] = [
	...[...PATHS, STRANGE, undefined].flatMap((path): OpenCall[] => [
		{ call: 'open', path },
		{ call: 'openat', path, flags: O_CLOEXEC },
		{ call: 'openat2', path, flags: O_CLOEXEC },
	]),
	{ call: 'openat', path: Buffer.from('/dev/null'), flags: O_RDWR | O_CREAT, mode: 0o640 },
	{ call: 'openat2', path: Buffer.from('/proc/self/comm'), resolve: 2 },
	{ call: 'creat', path: Buffer.from('/dev/null'), mode: 0o600 },
	{ call: 'openat2-badhow', path: Buffer.from('/sonde/badhow') },
];

/** A few calls at a time, with a pause behind them. */
const CALLS_AT_ONCE = 10;
const PAUSE_MS = 50;

async function opens(t: Hooks): Promise<Workload<number>> {
	const { pid, call, end } = await openScriptInParts(t);
	return {
		pid,
		async run() {
			const all = Array.from({ length: ROUNDS }, () => CALLS).flat();
			for (let i = 0; i < all.length; i += CALLS_AT_ONCE) {
				call(all.slice(i, i + CALLS_AT_ONCE));
				await sleep(PAUSE_MS);
			}
			await end();
			return pid;
		},
	};
}

// What the caller passed is kept from the entry to the return, where the path is read: at the entry it need not be in
// memory yet. The struct of openat2 was written a moment ago.
const SCRIPT = `
tracepoint:syscalls:sys_enter_open
{ @open[tid] = (1, (int64)-100, args.filename, (uint64)args.flags, (uint64)args.mode, (uint64)0); }
tracepoint:syscalls:sys_enter_openat
{ @open[tid] = (2, (int64)args.dfd, args.filename, (uint64)args.flags, (uint64)args.mode, (uint64)0); }
tracepoint:syscalls:sys_enter_openat2
{ @open[tid] = (3, (int64)args.dfd, args.filename, args.how->flags, args.how->mode, args.how->resolve); }
tracepoint:syscalls:sys_enter_creat
{ @open[tid] = (4, (int64)-100, args.pathname, (uint64)577, (uint64)args.mode, (uint64)0); }
tracepoint:syscalls:sys_exit_open, tracepoint:syscalls:sys_exit_openat, tracepoint:syscalls:sys_exit_openat2,
tracepoint:syscalls:sys_exit_creat
/ @open[tid].0 /
{
	${print(
		['%d', '%d', '%s', '%d', '%d', '%s', '%d', '%d', '%d', '%d'],
		...['pid', 'tid', 'comm', '@open[tid].0', '@open[tid].1', 'str(@open[tid].2)'],
		...['@open[tid].3', '@open[tid].4', '@open[tid].5', 'args.ret'],
	)}
	delete(@open, tid);
}
END { clear(@open); }`;

/**
 * It drops without a word what its buffer of 256 KiB has no room for, and each open takes some KiB of it: therefore it is
 * told which process to look at, and the workload has pauses.
 */
const opensnoop: Peer = {
	...libbpfTool('PATH', 'opensnoop'),
	command: (pid) => ['opensnoop', '-e', '-p', String(pid)],
};

compare('file.open', opens, [
	{
		peer: bpftrace(SCRIPT),
		atLeast: ROUNDS * CALLS.length,
		ours: (messages, pid) =>
			eventsOf(messages, 'fileOpen')
				.filter(({ event }) => event.process?.tgid === pid)
				.map(({ event: { process }, payload: { syscall, dirfd, path, flags, mode, resolve, ret } }) => ({
					...{ pid, tid: process?.tid ?? 0, comm: process?.comm ?? '' },
					...{ syscall, dirfd, path, flags, mode, resolve, ret },
				})),
		theirs: (output, pid) =>
			parseEvents(output)
				.filter(([tgid]) => Number(tgid) === pid)
				.map(([, tid, comm = '', syscall, dirfd, path = '', flags, mode, resolve, ret]) => ({
					...{ pid, tid: Number(tid), comm, syscall: Number(syscall), dirfd: Number(dirfd), path },
					...{ flags: Number(flags), mode: Number(mode), resolve: Number(resolve), ret: Number(ret) },
				})),
	},
	{
		peer: opensnoop,
		atLeast: ROUNDS * (CALLS.length - 1),
		ours: (messages, pid) =>
			eventsOf(messages, 'fileOpen')
				// It has no program for creat.
				.filter(({ event, payload }) => event.process?.tgid === pid && payload.syscall !== Syscall.CREAT)
				.map(({ event: { process }, payload: { path, flags, ret } }) => ({
					...{ pid, comm: process?.comm ?? '', flags, ret },
					// What is behind a newline is a line of its own, which is left out.
					path: path.replace(/\n.*/s, ''),
				})),
		theirs: (output, pid) =>
			parseTable(output, 'PATH')
				.filter((line) => numberIn(line, 'PID') === pid)
				.map((line) => ({
					...{ pid, comm: textIn(line, 'COMM'), path: textIn(line, 'PATH') },
					flags: Number.parseInt(textIn(line, 'FLAGS'), 8),
					ret: numberIn(line, 'ERR') === 0 ? numberIn(line, 'FD') : -numberIn(line, 'ERR'),
				})),
	},
]);
