import type { Logger } from 'pino';

/** Lines of one period; more are summed up. */
const MAX_LINES = 100;
const PERIOD_MS = 10_000;

/** A log whose warnings callers cannot flood: beyond some of them, one says how many more there were. */
export function limitWarnings(log: Logger): Logger {
	let startedMs = Number.NEGATIVE_INFINITY;
	let lines = 0;
	const limited: Logger = Object.create(log);
	limited.warn = (...args: [obj: object, msg?: string]) => {
		const nowMs = performance.now();
		if (nowMs - startedMs > PERIOD_MS) {
			const left = lines - MAX_LINES;
			if (left > 0)
				log.warn({ left }, 'more refusals than these lines: see the audit and sonde_refused_total');
			startedMs = nowMs;
			lines = 0;
		}
		lines++;
		if (lines <= MAX_LINES) log.warn(...args);
	};
	return limited;
}
