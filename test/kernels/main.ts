// npm run test:kernels: the end-to-end tests on every kernel of the matrix, each in an emulated machine.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type MachineRun, runMachine } from './machine.js';
import { type KernelOptions, parseOptions, USAGE, UsageError } from './options.js';
import { PROBE_TABLE_FILE, probeTable } from './probe-table.js';
import { differences, type ProbesOfKernel, RECORD_FILE, readRecord } from './record.js';

const SUFFIX = '.test.ts';
const TESTS = readdirSync(join(PACKAGE_ROOT, 'test/e2e'))
	.filter((file) => file.endsWith(SUFFIX))
	.map((file) => file.slice(0, -SUFFIX.length))
	.sort();

try {
	const options = parseOptions(process.argv.slice(2), TESTS);
	if (options === undefined) process.stdout.write(`${USAGE}\n`);
	else await run(options);
} catch (error) {
	const isUsage = error instanceof UsageError;
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	if (isUsage) process.stderr.write(`${USAGE}\n`);
	process.exitCode = isUsage ? 2 : 1;
}

async function run({ kernels, tests, pattern, jobs, record }: KernelOptions): Promise<void> {
	const abort = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort());
	const only = pattern === undefined ? '' : `--test-name-pattern=${quote(pattern)}`;
	const command =
		'node dist/test/kernels/programs.js && ' +
		`SONDE_EMULATED=1 node --enable-source-maps --test-reporter=tap ${only} dist/test/kernels/in-one-process.js ${tests.join(' ')}`;
	const totals = { passed: 0, failed: 0, skipped: 0 };
	const left = [...kernels];
	const explanations: string[] = [];
	const before = readRecord();
	const after: Record<string, ProbesOfKernel> = { ...before };
	const work = async () => {
		for (let kernel = left.shift(); kernel !== undefined && !abort.signal.aborted; kernel = left.shift()) {
			const result = await runMachine(kernel, command, abort.signal);
			const changed = record ? [] : differences(before[kernel], result.probes);
			after[kernel] = result.probes;
			process.stdout.write(describe(kernel, result));
			explanations.push(...changed.map((line) => `${kernel}: ${line}`));
			explanations.push(...explainFailures(kernel, result));
			totals.passed += result.passed;
			totals.failed += failuresOf(result) + changed.length;
			totals.skipped += result.skipped.length;
		}
	};
	await Promise.all(Array.from({ length: jobs }, work));
	if (record) {
		writeFileSync(RECORD_FILE, `${JSON.stringify(after, null, '\t')}\n`);
		writeFileSync(PROBE_TABLE_FILE, probeTable(after));
	}
	// Last, where whoever reads the end of a long log finds them.
	for (const line of explanations) process.stdout.write(`${line}\n`);
	process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
	if (totals.failed > 0 || abort.signal.aborted) process.exitCode = 1;
}

/** For a shell. */
function quote(text: string): string {
	return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A machine that did not end as it should has failed, whatever it counted. */
function failuresOf({ failed, exitStatus }: MachineRun): number {
	return exitStatus === 0 ? failed : Math.max(failed, 1);
}

function describe(kernel: string, result: MachineRun): string {
	const { release = 'did not start', passed, skipped, seconds, probes, failures, exitStatus, log } = result;
	const failed = failuresOf(result);
	const lines = [
		`${kernel.padEnd(6)} ${release}: ${passed} passed, ${failed} failed, ${skipped.length} skipped in ` +
			`${Math.round(seconds)} s, ${Object.keys(probes).length} probes`,
		...[...countReasons(skipped)].map(([reason, count]) => `       skipped: ${reason} (${count} tests)`),
		...failures.map(({ name }) => `       failed: ${name}`),
	];
	if (failed > 0) {
		const ending = exitStatus === undefined ? 'the machine ended before its tests' : `status ${exitStatus}`;
		lines.push(`       ${ending}; see ${relative(PACKAGE_ROOT, log)}`);
	}
	return `${lines.join('\n')}\n`;
}

/** Of tests that a name and "# SKIP reason" say are skipped: how many for each reason. */
function countReasons(skipped: readonly string[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const line of skipped) {
		const reason = line.split(' # SKIP ')[1] ?? 'no reason given';
		counts.set(reason, (counts.get(reason) ?? 0) + 1);
	}
	return counts;
}

/** How much of a console is shown of a machine that ended before its tests: a panic has some 60 lines. */
const SHOWN_LINES = 80;

function explainFailures(kernel: string, { failures, exitStatus, log }: MachineRun): string[] {
	const lines = failures.flatMap(({ name, details }) => [`${kernel}: failed: ${name}`, ...details]);
	if (exitStatus !== undefined) return lines;
	const console = readFileSync(log, 'utf8').replaceAll('\r', '').split('\n');
	return [
		...lines,
		`${kernel}: the machine ended before its tests; its last lines:`,
		...console.slice(-SHOWN_LINES),
	];
}
