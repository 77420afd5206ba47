import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './processes.js';
import { readUsage } from './usage.js';

/** Readers have caught up when all together take less than a tenth of a CPU for so long. */
const QUIET_MS = 300;
const QUIET_SHARE = 0.1;
const MOST_MS = 30_000;

/**
 * Waits until these have nothing to do. Looks from outside, as asking would be work; gives up without an error after
 * some time, because on a busy machine other processes' opens never end.
 */
export async function waitForQuiet(children: readonly Child[], signal: AbortSignal): Promise<void> {
	const deadline = performance.now() + MOST_MS;
	let before = await cpuNsOf(children);
	while (performance.now() < deadline) {
		await sleep(QUIET_MS, undefined, { signal });
		const now = await cpuNsOf(children);
		if (now - before < QUIET_MS * 1e6 * QUIET_SHARE) return;
		before = now;
	}
}

async function cpuNsOf(children: readonly Child[]): Promise<number> {
	for (const child of children) {
		child.check();
		if (child.ended()) throw new Error(`a reader ended by itself: ${child.stderr().trim() || 'no message'}`);
	}
	const usages = await Promise.all(children.map(({ pid }) => readUsage(pid)));
	return usages.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
}
