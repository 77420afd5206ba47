// npm run bench: what watching opens costs, beside no tracing and beside the least that it can cost.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkMachine, describeMachine } from './machine.js';
import { type BenchOptions, parseOptions, USAGE, UsageError } from './options.js';
import { BENCH_DIRECTORY } from './paths.js';
import { createProcesses } from './processes.js';
import { formatResults, formatTables } from './report.js';
import { runRounds } from './rounds.js';
import { startService } from './service.js';
import { summarize } from './summary.js';

const BUILD_MS = 60_000;

try {
	const options = parseOptions(process.argv.slice(2));
	if (options === undefined) process.stdout.write(`${USAGE}\n`);
	else await run(options);
} catch (error) {
	const isUsage = error instanceof UsageError;
	process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
	if (isUsage) process.stderr.write(`${USAGE}\n`);
	process.exitCode = isUsage ? 2 : 1;
}

async function run(options: BenchOptions): Promise<void> {
	checkMachine();
	const { signal } = abortOnSignals();
	const processes = createProcesses(signal);
	const state = mkdtempSync(join(tmpdir(), 'sonde-bench-'));
	try {
		await processes.run('build.sh', join(BENCH_DIRECTORY, 'build.sh'), [], BUILD_MS);
		const machine = await describeMachine(processes);
		const service = options.skipSonde ? undefined : await startService(processes, state, signal);
		const progress = (text: string) => process.stderr.write(`${text}\n`);
		const results = await runRounds(processes, service, options, { signal, progress });
		await service?.close();
		const report = { date: new Date(), machine, results, summary: summarize(results) };
		process.stdout.write(
			options.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatTables(report.summary),
		);
		if (!options.skipSonde) writeFileSync(join(BENCH_DIRECTORY, 'RESULTS.md'), formatResults(report));
		// A goal that is missed is a result, not a failure: the machine may be busy.
	} finally {
		await processes.close();
		rmSync(state, { recursive: true, force: true });
	}
}

/** The first signal ends the run and what it started; the second one ends it at once. */
function abortOnSignals(): AbortController {
	const controller = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM'] as const) {
		process.once(name, () => controller.abort(new Error(`ended by ${name}`)));
	}
	return controller;
}
