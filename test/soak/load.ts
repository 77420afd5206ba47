import { setTimeout as sleep } from 'node:timers/promises';
import { openThreads } from '../e2e/opens.js';
import type { Random } from './random.js';
import { inScope } from './scope.js';

/** Opens files that are missing, in bursts with rests between them, until the signal. @returns how many. */
export async function openFiles(random: Random, signal: AbortSignal): Promise<number> {
	let opens = 0;
	while (!signal.aborted) {
		const burst = { threads: random.int(1, 2), count: random.scale(50, 10_000) };
		await inScope(async (scope) => {
			const opener = await openThreads(scope, burst);
			await opener.run();
		});
		opens += burst.threads * burst.count;
		await sleep(random.scale(50, 1_000), undefined, { signal }).catch(() => undefined);
	}
	return opens;
}
