import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Hooks, startChild } from '../e2e/child.js';
import { eventsOf } from '../e2e/collect.js';
import { bpftrace, parseEvents, print } from './bpftrace.js';
import { compare, type Workload } from './compare.js';
import { PROGRAM, runProgram } from './processes.js';
import { numberIn, parseTable, textIn } from './table.js';
import { libbpfTool } from './tool.js';

const IGNORED = 200;
const PENDING = 20;
const RAISED = 20;

/** Signals that are ignored, delivered, pending already, raised by the target itself, and those of children that end. */
async function signals(t: Hooks): Promise<Workload<ReadonlySet<number>>> {
	const ignoring = startChild(t, '/bin/sh', ['-c', 'trap "" USR1; echo ready; read line']);
	const stopped = startChild(t, '/bin/sh', ['-c', 'echo ready; read line']);
	await Promise.all([ignoring.untilStdout(/ready/), stopped.untilStdout(/ready/)]);
	async function run() {
		for (let i = 0; i < IGNORED; i++) process.kill(ignoring.pid, 'SIGUSR1');
		process.kill(stopped.pid, 'SIGSTOP');
		await untilStopped(stopped.pid);
		for (let i = 0; i < PENDING; i++) process.kill(stopped.pid, 'SIGTERM');
		const raised: number[] = [];
		for (let i = 0; i < RAISED; i++) {
			raised.push(await runProgram(PROGRAM, ['signal', String(constants.signals.SIGUSR2)]));
		}
		const ended = [ignoring, stopped].map(({ process: child }) => once(child, 'close'));
		for (const { pid } of [ignoring, stopped]) process.kill(pid, 'SIGKILL');
		await Promise.all(ended);
		return new Set([ignoring.pid, stopped.pid, ...raised]);
	}
	return { pid: process.pid, run };
}

/** Before that, the next signal could still end it. */
async function untilStopped(pid: number): Promise<void> {
	while (!/^State:\tT/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) await sleep(10);
}

/** The least: what was sent here, and for each child that raised a signal this one and its SIGCHLD. */
const SENT = IGNORED + PENDING + 2 * RAISED + 5;

compare('signal.send', signals, [
	{
		peer: bpftrace(`
tracepoint:signal:signal_generate
{
	${print(
		['%d', '%s', '%d', '%d', '%d', '%s', '%d', '%d'],
		...['pid', 'comm', 'args.sig', 'args.code', 'args.pid', 'args.comm', 'args.group', 'args.result'],
	)}
}`),
		atLeast: SENT,
		ours: (messages, pids) =>
			eventsOf(messages, 'signalSend')
				.filter(({ event, payload }) => pids.has(event.process?.tgid ?? 0) || pids.has(payload.targetTid))
				.map(({ event: { process: sender }, payload }) => ({
					...{ pid: sender?.tgid ?? 0, comm: sender?.comm ?? '', signal: payload.signal, code: payload.code },
					...{ target: payload.targetTid, targetComm: payload.targetComm, toProcess: payload.toProcess },
					// The kernel counts from 0 (TRACE_SIGNAL_DELIVERED), a proto's enum from 1.
					result: payload.result - 1,
				})),
		theirs: (output, pids) =>
			parseEvents(output)
				.map(([pid, comm = '', signal, code, target, targetComm = '', group, result]) => ({
					...{ pid: Number(pid), comm, signal: Number(signal), code: Number(code) },
					...{ target: Number(target), targetComm, toProcess: group === '1', result: Number(result) },
				}))
				.filter(({ pid, target }) => pids.has(pid) || pids.has(target)),
	},
	{
		// Its RESULT is the signal's si_errno and not what became of it; it has neither the code nor whether the signal is the
		// thread's alone.
		peer: libbpfTool('TPID', 'sigsnoop'),
		atLeast: SENT,
		ours: (messages, pids) =>
			eventsOf(messages, 'signalSend')
				.filter(({ event, payload }) => pids.has(event.process?.tgid ?? 0) || pids.has(payload.targetTid))
				.map(({ event: { process: sender }, payload }) => ({
					...{ pid: sender?.tgid ?? 0, comm: sender?.comm ?? '', signal: payload.signal },
					target: payload.targetTid,
				})),
		theirs: (output, pids) =>
			parseTable(output, 'TPID')
				.map((line) => ({
					...{ pid: numberIn(line, 'PID'), comm: textIn(line, 'COMM'), signal: numberIn(line, 'SIG') },
					target: numberIn(line, 'TPID'),
				}))
				.filter(({ pid, target }) => pids.has(pid) || pids.has(target)),
	},
]);
