import { constants } from 'node:os';
import type { Hooks } from '../e2e/child.js';
import { eventsOf } from '../e2e/collect.js';
import { bpftrace, parseEvents, print } from './bpftrace.js';
import { compare, type View, type Workload } from './compare.js';
import { PROGRAM, runProgram, starter } from './processes.js';
import { numberIn, parseTable, textIn } from './table.js';
import { libbpfTool } from './tool.js';

const STARTED = 300;
const SIGNALS = ['SIGUSR1', 'SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGALRM'] as const;
const THREADED = 10;
const MOST_THREADS = 16;

async function ends(t: Hooks): Promise<Workload<ReadonlySet<number>>> {
	const start = await starter(t, STARTED);
	return {
		pid: start.pid,
		async run() {
			const pids = new Set(await start.run());
			for (const signal of SIGNALS) {
				pids.add(await runProgram(PROGRAM, ['signal', String(constants.signals[signal])]));
			}
			for (let i = 0; i < THREADED; i++) {
				pids.add(await runProgram(PROGRAM, ['last-thread', String(MOST_THREADS)]));
			}
			return pids;
		},
	};
}

/** Ends of processes that are known. */
const ours: View<ReadonlySet<number>>['ours'] = (messages, pids) =>
	eventsOf(messages, 'processExit')
		.filter(({ event }) => pids.has(event.process?.tgid ?? 0))
		.map(({ event: { process }, payload: { exitCode, signal } }) => ({
			...{ pid: process?.tgid ?? 0, ppid: process?.ppid ?? 0, comm: process?.comm ?? '', exitCode, signal },
		}));

// The status is the process's: threads that end before the last one have other ones.
const SCRIPT = `
tracepoint:sched:sched_process_exit
/ args.group_dead /
{
	$status = curtask->signal->flags & 4 ? curtask->signal->group_exit_code : curtask->exit_code;
	${print(['%d', '%d', '%s', '%d'], 'pid', 'curtask->real_parent->tgid', 'comm', '$status')}
}`;
const SIGNAL_MASK = 0x7f;

compare('process.exit', ends, [
	{
		peer: bpftrace(SCRIPT),
		atLeast: STARTED + SIGNALS.length + THREADED,
		ours,
		theirs: (output, pids) =>
			parseEvents(output)
				.filter(([pid]) => pids.has(Number(pid)))
				.map(([pid, ppid, comm = '', status]) => ({
					...{ pid: Number(pid), ppid: Number(ppid), comm },
					...{ exitCode: Number(status) >> 8, signal: Number(status) & SIGNAL_MASK },
				})),
	},
	{
		// Without -T it shows the end of each process's main thread, which can be before that of the process; one line a
		// process, as with us. The status is the main thread's, which is the process's in all of these.
		peer: libbpfTool('PCOMM', 'exitsnoop'),
		atLeast: STARTED + SIGNALS.length + THREADED,
		ours,
		theirs: (output, pids) =>
			parseTable(output, 'PCOMM')
				.filter((line) => pids.has(numberIn(line, 'PID')))
				.map((line) => ({
					...{ pid: numberIn(line, 'PID'), ppid: numberIn(line, 'PPID'), comm: textIn(line, 'PCOMM') },
					exitCode: Number(/^(?:code )?(\d+)$/.exec(textIn(line, 'EXIT_CODE'))?.[1] ?? 0),
					signal: Number(/^signal (\d+)/.exec(textIn(line, 'EXIT_CODE'))?.[1] ?? 0),
				})),
	},
]);
