import type { Child } from './processes.js';
import { until } from './wait.js';

const START_MS = 60_000;

/** Waits until a child that starts has printed a word. */
export async function untilSaid(
	child: Child,
	word: string,
	what: string,
	signal: AbortSignal,
): Promise<void> {
	const said = async () => {
		child.check();
		if (child.ended()) throw new Error(`${what} ended by itself: ${child.stderr().trim()}`);
		return child.stdout().includes(word) || undefined;
	};
	await until(said, { what: `the start of ${what}`, timeoutMs: START_MS, signal });
}
