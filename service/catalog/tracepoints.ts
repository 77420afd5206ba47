import { readFileSync } from 'node:fs';

const AVAILABLE_EVENTS = '/sys/kernel/tracing/available_events';

/** The tracepoints of the running kernel. */
export interface Tracepoints {
	/** @param name With its group, "syscalls/sys_exit_openat", or without, "sched_process_exec". */
	has(name: string): boolean;
}

/** Those that tracefs lists; none where it cannot be read. */
export function readTracepoints(): Tracepoints {
	const names = new Set<string>();
	for (const event of readLines()) {
		const [group = '', name = ''] = event.split(':');
		names.add(name).add(`${group}/${name}`);
	}
	return { has: (name) => names.has(name) };
}

function readLines(): string[] {
	try {
		return readFileSync(AVAILABLE_EVENTS, 'utf8').split('\n');
	} catch {
		return [];
	}
}
