import type { Child } from './processes.js';
import { until } from './wait.js';

/** Reads what a child prints as JSON, line by line: gives the next line, which it waits for. */
export type NextLine = (what: string, timeoutMs: number) => Promise<unknown>;

/** Reads a child from its first line on. */
export function readLines(child: Child, signal: AbortSignal): NextLine {
	let linesRead = 0;
	return async (what, timeoutMs) => {
		const line = await until(
			async () => {
				child.check();
				const next = child.stdout().split('\n').slice(0, -1)[linesRead];
				if (next === undefined && child.ended()) throw new Error(`${what} did not happen: the client ended`);
				return next;
			},
			{ what, timeoutMs, signal },
		);
		linesRead++;
		return JSON.parse(line);
	};
}
