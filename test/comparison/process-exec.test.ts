import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StreamEventsResponse } from '../../clients/typescript/index.js';
import type { Hooks } from '../e2e/child.js';
import { type Captured, eventsOf } from '../e2e/collect.js';
import { temporaryDirectory } from '../e2e/node.js';
import { bpftrace, parseBytes, parseEvents, print } from './bpftrace.js';
import { compare, type Workload } from './compare.js';
import { runProgram, starter } from './processes.js';
import type { Row } from './row.js';
import { numberIn, parseTable, textIn } from './table.js';
import { libbpfTool } from './tool.js';

const STARTED = 150;
const MISSING = 'exec /sonde/missing a "b c"';
const PROGRAMS: readonly (readonly string[])[] = [
	['one', '', 'two words', 'ünïcode-✓'],
	['x'.repeat(3_000), 'behind'],
	Array.from({ length: 50 }, (_, i) => `argument-${i}`),
];
/** Each of STARTED fails once and succeeds once; the script, and a shell that fails to become another program. */
const EXECS = 2 * STARTED + PROGRAMS.length + 1 + 2;

interface Known {
	readonly pids: ReadonlySet<number>;
	readonly script: string;
}

async function execs(t: Hooks): Promise<Workload<Known>> {
	const script = join(temporaryDirectory(t), 'script');
	writeFileSync(script, '#!/bin/sh\nexit 3\n');
	chmodSync(script, 0o755);
	const start = await starter(t, STARTED);
	return {
		pid: start.pid,
		async run() {
			const pids = new Set(await start.run());
			for (const args of PROGRAMS) pids.add(await runProgram('/bin/true', args));
			pids.add(await runProgram(script, ['a']));
			pids.add(await runProgram('/bin/sh', ['-c', MISSING]));
			return { pids, script };
		},
	};
}

function execsOf(messages: readonly StreamEventsResponse[], { pids }: Known): Captured<'processExec'>[] {
	return eventsOf(messages, 'processExec').filter(({ event }) => pids.has(event.process?.tgid ?? 0));
}

function common({ event: { process }, payload: { ret } }: Captured<'processExec'>): Row {
	return { pid: process?.tgid ?? 0, ppid: process?.ppid ?? 0, comm: process?.comm ?? '', ret };
}

/** Arguments of a failed call that the script reads: it has to name each. */
const FAILED_ARGS = 4;

// Of a success the path and the arguments are those of the new program; the caller's memory is gone by then.
const SCRIPT = `
tracepoint:sched:sched_process_exec
{
	$mm = curtask->mm;
	${print(
		['%d', '%d', '%s', '0', '%s', '%rx'],
		...['pid', 'curtask->real_parent->tgid', 'comm', 'str(args.filename)'],
		'buf(uptr($mm->arg_start), $mm->arg_end - $mm->arg_start)',
	)}
}
tracepoint:syscalls:sys_enter_execve { @path[tid] = args.filename; @argv[tid] = args.argv; }
tracepoint:syscalls:sys_exit_execve / args.ret < 0 /
{
	$argv = @argv[tid];
	${print(
		['%d', '%d', '%s', '%d', '%s', ...Array<string>(FAILED_ARGS).fill('%s')],
		...['pid', 'curtask->real_parent->tgid', 'comm', 'args.ret', 'str(@path[tid])'],
		...Array.from({ length: FAILED_ARGS }, (_, i) => `str($argv[${i}])`),
	)}
}
tracepoint:syscalls:sys_exit_execve { delete(@path, tid); delete(@argv, tid); }
END { clear(@path); clear(@argv); }`;

/** What execsnoop keeps of an argument, and of all: ARGSIZE and --max-args. */
const EXECSNOOP_ARG_BYTES = 127;
const EXECSNOOP_ARGS = 20;

/** What execsnoop prints of a call: the path in the place of the program's name, and blanks between the arguments. */
function execsnoopArgs([, ...args]: readonly string[], path: string): string {
	const shown = [path, ...args].map((arg) => arg.slice(0, EXECSNOOP_ARG_BYTES));
	return shown.length > EXECSNOOP_ARGS ? `${shown.slice(0, EXECSNOOP_ARGS).join(' ')}  ...` : shown.join(' ');
}

/**
 * execsnoop reads the caller's memory at the entry of the call, before the kernel has, and finds nothing where a page is not
 * there yet. These children have just been forked, and give constants of their program, which nobody has touched.
 */
const isUnreadable = (comm: string | undefined) => comm === 'exe';

compare('process.exec', execs, [
	{
		peer: bpftrace(SCRIPT),
		atLeast: EXECS,
		ours: (messages, known) =>
			execsOf(messages, known).map((exec) => ({
				...common(exec),
				path: exec.payload.path,
				args: exec.payload.args.join('\0'),
			})),
		theirs: (output, { pids }) =>
			parseEvents(output)
				.filter(([pid]) => pids.has(Number(pid)))
				.map(([pid, ppid, comm = '', ret, path = '', ...args]) => ({
					...{ pid: Number(pid), ppid: Number(ppid), comm, ret: Number(ret), path },
					args:
						ret === '0'
							? parseBytes(args[0] ?? '')
									.toString()
									.slice(0, -1)
							: args.join('\0').replace(/\0+$/, ''),
				})),
	},
	{
		// It shows failed calls with -x only.
		peer: libbpfTool('PCOMM', 'execsnoop', '-x'),
		atLeast: EXECS,
		ours: (messages, known) =>
			execsOf(messages, known).map((exec) => {
				const { path, args } = exec.payload;
				// Its arguments are the caller's; of a script, ours are the interpreter's, which has one more in front.
				const shown = execsnoopArgs(path === known.script ? args.slice(1) : args, path);
				return { ...common(exec), args: isUnreadable(exec.event.process?.comm) ? '' : shown };
			}),
		theirs: (output, { pids }) =>
			parseTable(output, 'PCOMM')
				.filter((line) => pids.has(numberIn(line, 'PID')))
				.map((line) => ({
					...{ pid: numberIn(line, 'PID'), ppid: numberIn(line, 'PPID'), comm: textIn(line, 'PCOMM') },
					ret: numberIn(line, 'RET'),
					args: isUnreadable(textIn(line, 'PCOMM')) ? '' : textIn(line, 'ARGS').replace(/ $/, ''),
				})),
	},
]);
