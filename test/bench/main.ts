// npm run bench: what watching opens costs, beside no tracing, the least that it can cost, and the tools of today.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkMachine, describeMachine } from './machine.js';
import { type BenchOptions, parseOptions, USAGE, UsageError } from './options.js';
import { BENCH_DIRECTORY } from './paths.js';
import { findPeers, missingPeers, type Peers } from './peers.js';
import { createProcesses, type Processes } from './processes.js';
import { formatResults } from './report.js';
import { isAvailable, orNotAvailable } from './row.js';
import { runAll } from './run.js';
import { makeScratchDirectory } from './scratch.js';
import { formatTables } from './tables.js';

/** Packages may have to be installed. */
const BUILD_MS = 600_000;

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
	const scratch = makeScratchDirectory();
	const progress = (text: string) => process.stderr.write(`${text}\n`);
	try {
		await processes.run('build.sh', join(BENCH_DIRECTORY, 'build.sh'), [], BUILD_MS);
		const machine = await describeMachine(processes);
		const { suite, versions, peers, bpftrace } = await choosePeers(processes, options, { signal, progress });
		const results = await runAll(processes, { peers, bpftrace, scratch }, options, { signal, progress });
		const found = suite === '' ? 'none' : `${versions.join(', ')}, of Debian ${suite}`;
		const report = { date: new Date(), machine, peers: found, results };
		process.stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatTables(results));
		if (!options.isTrial) writeFileSync(join(BENCH_DIRECTORY, 'RESULTS.md'), formatResults(report));
		// A goal that is missed is a result, not a failure: the machine may be busy.
	} catch (error) {
		// Whatever was interrupted says so in its own words.
		signal.throwIfAborted();
		throw error;
	} finally {
		await processes.close();
		rmSync(scratch, { recursive: true, force: true });
	}
}

async function choosePeers(
	processes: Processes,
	{ skipPeers }: BenchOptions,
	{ signal, progress }: { signal: AbortSignal; progress: (text: string) => void },
): Promise<Peers> {
	if (skipPeers) return { suite: '', versions: [], peers: [], bpftrace: undefined };
	progress('looking for bpftrace and libbpf-tools');
	const found = await orNotAvailable(processes, findPeers(processes), signal);
	return isAvailable(found) ? found : missingPeers(found);
}

/** The first signal ends the run and what it started; the second one ends it at once. */
function abortOnSignals(): AbortController {
	const controller = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM'] as const) {
		process.once(name, () => controller.abort(new Error(`ended by ${name}`)));
	}
	return controller;
}
