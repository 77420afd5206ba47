import { readFileSync, readlinkSync } from 'node:fs';

/** A process as /proc has it. */
export interface ProcProcess {
	/** When it started, in ticks of 10 ms of the boot-time clock. */
	readonly startTicks: bigint;
	readonly parentTgid: number;
	/** Empty for kernel threads, and where it may not be read. */
	readonly executable: string;
	readonly arguments: readonly string[];
	readonly argumentsTruncated: boolean;
}

/** Arguments that are kept, bytes. */
export const MOST_ARGUMENT_BYTES = 4_096;
/** USER_HZ is 100 on x86-64. Source: include/asm-generic/param.h. */
const TICK_NS = 10_000_000n;
/** Fields behind the name in /proc/PID/stat, from 0. Source: proc_pid_stat(5). */
const PARENT = 1;
const FLAGS = 6;
const START = 19;
/** Source: include/linux/sched.h. */
const PF_KTHREAD = 0x200000;

/** When a process started, in /proc's ticks. */
export function ticksOf(startBoottimeNs: bigint): bigint {
	return startBoottimeNs / TICK_NS;
}

/** undefined: there is no such process any more, it is about to be gone, or /proc hides it. */
export function readProcess(tgid: number): ProcProcess | undefined {
	const before = readStat(tgid);
	if (before === undefined) return undefined;
	const executable = readOr('', () => readlinkSync(`/proc/${tgid}/exe`));
	const bytes = readOr(NOTHING, () => readFileSync(`/proc/${tgid}/cmdline`));
	// All of it is of one process if that is the same at the end; its id may have been used again.
	if (readStat(tgid)?.startTicks !== before.startTicks) return undefined;
	// A process that ends lets go of its memory first, and these are then as empty as those of kernel threads.
	if (executable === '' && bytes.length === 0 && !before.isKernelThread) return undefined;
	return { ...before, executable, ...cutArguments(splitArguments(bytes)) };
}

const NOTHING = Buffer.alloc(0);

interface Stat extends Pick<ProcProcess, 'startTicks' | 'parentTgid'> {
	readonly isKernelThread: boolean;
}

function readStat(tgid: number): Stat | undefined {
	return parseStat(readOr('', () => readFileSync(`/proc/${tgid}/stat`, 'latin1')));
}

/** @param stat as the kernel writes it. */
export function parseStat(stat: string): Stat | undefined {
	// The name may hold anything, also parentheses and spaces.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const [parent, start] = [fields[PARENT], fields[START]];
	if (parent === undefined || start === undefined) return undefined;
	const isKernelThread = (Number(fields[FLAGS]) & PF_KTHREAD) !== 0;
	return { startTicks: BigInt(start), parentTgid: Number(parent), isKernelThread };
}

/** Each has a NUL behind it; one that was written over by its process may have none. */
export function splitArguments(bytes: Buffer): string[] {
	if (bytes.length === 0) return [];
	const list = bytes.toString('utf8').split('\0');
	if (list.at(-1) === '') list.pop();
	return list;
}

/** The first ones, as long as they are. */
export function cutArguments(list: readonly string[]): Pick<ProcProcess, 'arguments' | 'argumentsTruncated'> {
	const kept: string[] = [];
	let left = MOST_ARGUMENT_BYTES;
	for (const argument of list) {
		const bytes = Buffer.byteLength(argument);
		if (bytes > left) {
			const part = Buffer.from(argument).subarray(0, left).toString('utf8');
			return { arguments: [...kept, part], argumentsTruncated: true };
		}
		kept.push(argument);
		left -= bytes;
	}
	return { arguments: kept, argumentsTruncated: false };
}

/** What cannot be read is gone, or not for us. */
function readOr<T>(fallback: T, read: () => T): T {
	try {
		return read();
	} catch {
		return fallback;
	}
}
