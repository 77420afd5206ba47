import type { Checks } from './checks.js';
import type { Churn } from './churn.js';
import type { MemoryWindow } from './memory.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * How flat memory must be. Measured on two CPUs that had other work to do, in runs of 8 minutes with 730 to 780 traces:
 * - A trace that has ended and is remembered takes 15 to 22 KiB of heap, and 10 to 55 KiB resident, by churn.ts. So a leak of
 *   100 KB per trace shows there in every run.
 * - From the first window to the last the heap grew by 15 KiB for each trace that was remembered more, and not otherwise.
 * - Resident memory went up and down between 230 and 450 MiB with the load, and its median grew by 51 to 55 MiB from the first
 *   window to the last. A leak of 100 KB per trace comes to 150 MB and more between the windows of a run of 20 minutes.
 */
export const BOUNDS = {
	/** Of a trace that has ended and is remembered. */
	traceHeapBytes: 30 * KIB,
	traceResidentBytes: 90 * KIB,
	/** From the first window to the last, beside what is remembered more. */
	heapBytes: 4 * MIB,
	residentBytes: 96 * MIB,
	/** In a shorter run the warm-up does not reach the most that is ever in use. */
	residentSeconds: 180,
} as const;

/** Checks what traces leave behind. */
export function checkPerTrace(checks: Checks, { heapBytes, residentBytes }: Churn): void {
	checks.expect('perTrace', heapBytes <= BOUNDS.traceHeapBytes, () => `${kib(heapBytes)} of heap each`);
	checks.expect(
		'perTrace',
		residentBytes <= BOUNDS.traceResidentBytes,
		() => `${kib(residentBytes)} resident each`,
	);
}

interface Windows {
	readonly early: MemoryWindow;
	readonly late: MemoryWindow;
	/** Length of the run. */
	readonly seconds: number;
}

/** Checks that memory is flat. */
export function checkWindows(checks: Checks, { early, late, seconds }: Windows): void {
	const remembered = Math.max(0, late.remembered - early.remembered);
	const check = (name: 'heap' | 'resident', field: 'heapBytes' | 'residentBytes') => {
		const grown = late[field] - early[field];
		const allowed = BOUNDS[field] + remembered * BOUNDS.traceHeapBytes;
		checks.expect(name, grown <= allowed, () => `grew by ${kib(grown)}, at most ${kib(allowed)} are allowed`);
	};
	check('heap', 'heapBytes');
	if (seconds >= BOUNDS.residentSeconds) check('resident', 'residentBytes');
}

/** For people. */
export function kib(bytes: number): string {
	return `${(bytes / KIB).toLocaleString('en-US', { maximumFractionDigits: 1 })} KiB`;
}
