import { readFile } from 'node:fs/promises';
import type { Use } from './row.js';

/** What a process has used so far. */
export interface Usage {
	/** CPU time of all its threads, user and system. */
	readonly cpuNs: number;
	/** Bytes read by read(2) and the like; for a client that only reads its connection, the bytes it received. */
	readonly readBytes: number;
	readonly residentBytes: number;
	readonly peakResidentBytes: number;
}

/** The kernel shows CPU times to user space in hundredths of a second (USER_HZ), whatever its own tick. */
const NS_PER_TICK = 10_000_000;

/** Reads the usage of a running process. */
export async function readUsage(pid: number): Promise<Usage> {
	const [stat, io, status] = await Promise.all(
		['stat', 'io', 'status'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')),
	);
	return parseUsage(stat ?? '', io ?? '', status ?? '');
}

/** What was used from one look to a later one. */
export function usedBetween(before: Usage, after: Usage): Use {
	return { cpuNs: after.cpuNs - before.cpuNs, peakBytes: after.peakResidentBytes };
}

/** Reads the contents of a process's stat, io and status files. */
export function parseUsage(stat: string, io: string, status: string): Usage {
	return {
		cpuNs: parseCpuNs(stat),
		readBytes: parseField('io', io, 'rchar'),
		residentBytes: parseField('status', status, 'VmRSS') * 1024,
		peakResidentBytes: parseField('status', status, 'VmHWM') * 1024,
	};
}

/** Reads the CPU time in the stat line of a process or thread, ns. */
export function parseCpuNs(stat: string): number {
	// The name of the process stands in parentheses and can hold both spaces and parentheses.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const ticks = Number(fields[11]) + Number(fields[12]);
	if (!Number.isInteger(ticks)) throw new Error(`no CPU times in the stat line "${stat.trim()}"`);
	return ticks * NS_PER_TICK;
}

function parseField(file: string, text: string, name: string): number {
	const match = new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text);
	if (match === null) throw new Error(`no ${name} in the ${file} file of a process`);
	return Number(match[1]);
}
