import { readFileSync } from 'node:fs';
import { loadNative } from '../native.js';

const AVAILABLE_EVENTS = '/sys/kernel/tracing/available_events';
/** What the kernel's types have for each of its tracepoints, and for each system call: functions for 64-bit callers. */
const TYPE_OF_TRACEPOINT = 'btf_trace_';
const FUNCTION_OF_CALL = '__x64_sys_';

/** The tracepoints of the running kernel. */
export interface Tracepoints {
	/** @param name With its group, "syscalls/sys_exit_openat", or without, "sched_process_exec". */
	has(name: string): boolean;
}

/** Those that tracefs lists; where it cannot be read, those of which the kernel's types tell: then only system calls have a group. */
export function readTracepoints(): Tracepoints {
	const names = listedNames() ?? typeNames();
	return { has: (name) => names.has(name) };
}

/** undefined: tracefs cannot be read. */
function listedNames(): Set<string> | undefined {
	const names = new Set<string>();
	for (const event of readLines()) {
		const [group = '', name = ''] = event.split(':');
		names.add(name).add(`${group}/${name}`);
	}
	return names.size === 0 ? undefined : names;
}

function typeNames(): Set<string> {
	const native = loadNative();
	const without = (prefix: string) => native.kernelTypeNames(prefix).map((name) => name.slice(prefix.length));
	return new Set([
		...without(TYPE_OF_TRACEPOINT),
		...without(FUNCTION_OF_CALL).flatMap((call) => [
			`syscalls/sys_enter_${call}`,
			`syscalls/sys_exit_${call}`,
		]),
	]);
}

function readLines(): string[] {
	try {
		return readFileSync(AVAILABLE_EVENTS, 'utf8').split('\n');
	} catch {
		return [];
	}
}
