import { setTimeout as sleep } from 'node:timers/promises';

/** Bounds of a wait. */
export interface WaitOptions {
	/** What is waited for, for the message. */
	readonly what: string;
	readonly timeoutMs: number;
	readonly signal: AbortSignal;
}

const POLL_MS = 50;

/** Gives what the promise gives; throws when that takes too long or the signal aborts. */
export async function within<T>(promise: Promise<T>, { what, timeoutMs, signal }: WaitOptions): Promise<T> {
	const done = new AbortController();
	const timer = sleep(timeoutMs, undefined, { signal: AbortSignal.any([signal, done.signal]) });
	try {
		return await Promise.race([
			promise,
			timer.then(() => {
				throw new Error(`${what} did not happen within ${timeoutMs} ms`);
			}),
		]);
	} finally {
		done.abort();
	}
}

/** Asks again and again until there is an answer; throws when that takes too long, when asking throws, or on abort. */
export async function until<T>(ask: () => Promise<T | undefined>, options: WaitOptions): Promise<T> {
	const deadline = performance.now() + options.timeoutMs;
	for (;;) {
		options.signal.throwIfAborted();
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (performance.now() >= deadline) {
			throw new Error(`${options.what} did not happen within ${options.timeoutMs} ms`);
		}
		await sleep(POLL_MS, undefined, { signal: options.signal });
	}
}
