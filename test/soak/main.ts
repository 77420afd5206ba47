// npm run soak: what a node does over a long time; README of the parts: ARCHITECTURE.md.
import { randomInt } from 'node:crypto';
import { createChecks } from './checks.js';
import { parseOptions, type SoakOptions, USAGE, UsageError } from './options.js';
import { findingsTable, verdict } from './report.js';
import { run } from './run.js';

const USAGE_ERROR = 2;
const FAILURE = 1;
/** As a shell has it for SIGINT. */
const INTERRUPTED = 130;

const print = (line: string) => {
	process.stdout.write(`${line}\n`);
};

async function main(): Promise<number> {
	const options = parseOptions(process.argv.slice(2), randomInt(2 ** 32));
	if (options === undefined) {
		print(USAGE);
		return 0;
	}
	if (process.getuid?.() !== 0) throw new UsageError('a soak traces the kernel: run it as root');
	const interrupted = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
	return soak(options, interrupted.signal);
}

async function soak(options: SoakOptions, signal: AbortSignal): Promise<number> {
	print(`seed ${options.seed}, ${options.seconds} s; the same again: npm run soak -- --seed ${options.seed}`);
	const checks = createChecks(print, signal);
	const findings = await run({ options, checks, print, signal });
	if (findings === undefined) {
		print('interrupted');
		return INTERRUPTED;
	}
	print(`\n${findingsTable(findings)}`);
	const { text, failed } = verdict(checks.results());
	process.stdout.write(text);
	return failed === 0 ? 0 : FAILURE;
}

try {
	process.exitCode = await main();
} catch (error) {
	const isUsage = error instanceof UsageError;
	process.stderr.write(`${isUsage ? `${error.message}\n\n${USAGE}` : (error as Error).stack}\n`);
	process.exitCode = isUsage ? USAGE_ERROR : FAILURE;
}
process.exit();
