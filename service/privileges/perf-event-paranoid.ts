import { readFileSync } from 'node:fs';

/** The sysctl kernel.perf_event_paranoid; where it cannot be read, as strict as it gets. */
export function perfEventParanoid(): number {
	try {
		return Number(readFileSync('/proc/sys/kernel/perf_event_paranoid', 'utf8'));
	} catch {
		return 4;
	}
}
