import type { Checks } from './checks.js';

/** Levels of pino. */
const WARN = 40;
const ERROR = 50;

/** Looks through the node's log. @returns its warnings, each message once, with how often it came. */
export function checkLog(text: string, checks: Checks): Map<string, number> {
	const warnings = new Map<string, number>();
	for (const line of text.split('\n').filter((each) => each !== '')) {
		const entry = parse(line);
		checks.expect('log', entry !== undefined && entry.level < ERROR, () => line.slice(0, 500));
		if (entry?.level === WARN) warnings.set(entry.msg, (warnings.get(entry.msg) ?? 0) + 1);
	}
	return warnings;
}

/** undefined: not of the log, such as what Node says of itself. */
function parse(line: string): { level: number; msg: string } | undefined {
	try {
		const { level, msg } = JSON.parse(line);
		return typeof level === 'number' ? { level, msg: String(msg) } : undefined;
	} catch {
		return undefined;
	}
}
