import type { Machine } from './machine.js';
import type { Results } from './rounds.js';
import type { RowSummary, Summary, Target } from './summary.js';

const HEADINGS = [
	'row',
	'ns/open',
	'added ns',
	'× limit',
	'CPU s/1M',
	'client CPU s/1M',
	'bytes/event',
	'came out',
	'lost',
];

/** A run, as it is written down. */
export interface Report {
	readonly date: Date;
	readonly machine: Machine;
	readonly results: Results;
	readonly summary: Summary;
}

/** The tables in Markdown, readable as they are. */
export function formatTables({ rows, long, targets }: Summary): string {
	const measured = [...rows, ...(long === undefined ? [] : [long])].map(cellsOf);
	const judged = targets.map(({ name, goal, measured: value, met }) => [name, goal, value, verdict(met)]);
	return `${table(HEADINGS, measured)}\n${table(['goal', 'at most', 'measured', ''], judged)}`;
}

/** The whole of RESULTS.md. */
export function formatResults(report: Report): string {
	const { date, machine, results, summary } = report;
	return `# Benchmark results

Made by \`npm run bench\`; not edited by hand.

- date: ${date.toISOString().slice(0, 10)}
- kernel: ${machine.kernel}
- CPU: ${machine.cpu}, ${machine.cpus} of them
- Node ${machine.node}, clang ${machine.clang}
- load: one thread that opens a missing file in a loop, alone on its CPU; all readers share another CPU
- figures: medians of ${results.rounds.length} rounds, rows in turn; CPU time, "added" against the same round's row without tracing
- the limit: a consumer in C over libbpf that reads the same fields and throws them away
- Sonde: service and client (\`sonde trace file.open -o count\`) in two processes, over mTLS

${formatTables(summary)}
## Raw figures

\`\`\`json
${JSON.stringify(results, undefined, 2)}
\`\`\`
`;
}

function cellsOf({ name, cpuNs, addedNs, ratio, reader }: RowSummary): string[] {
	const client = reader?.client;
	return [
		name,
		cpuNs.toFixed(0),
		reader === undefined ? '' : addedNs.toFixed(0),
		ratio?.toFixed(2) ?? '',
		reader?.cpuSeconds.toFixed(2) ?? '',
		client?.cpuSeconds.toFixed(2) ?? '',
		client?.bytesPerEvent.toFixed(0) ?? '',
		client === undefined ? '' : `${(client.cameOut * 100).toFixed(2)} %`,
		reader?.lost.toString() ?? '',
	];
}

function verdict(met: Target['met']): string {
	if (met === undefined) return '';
	return met ? 'met' : 'MISSED';
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
	const widths = headings.map((heading, column) =>
		Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
	);
	const line = (cells: readonly string[]) =>
		`| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |\n`;
	const rule = line(widths.map((width) => '-'.repeat(width)));
	return line(headings) + rule + rows.map(line).join('');
}
