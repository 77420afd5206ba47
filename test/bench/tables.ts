import { CLI_ROW } from './cli-row.js';
import type { Comparison } from './comparison.js';
import { subscriberTable, traceTable } from './fan-out-tables.js';
import { cpuNsPerCall } from './figures.js';
import { ASKED_BYTES, judge } from './goals.js';
import { microTable, remoteTable, responseTable } from './part-tables.js';
import { probeCostTable } from './probe-cost-table.js';
import { rejectTable } from './reject-table.js';
import { compareRow, type Results, type RowSummary, summarizeRows } from './results.js';
import { resumeTable } from './resume-table.js';
import { isAvailable } from './row.js';
import { COLD_SECONDS, SONDE_ROW } from './sonde-row.js';
import { median } from './statistics.js';
import { listMissing, table } from './table.js';

const MB = 1e6;

/** All tables of a run in Markdown, readable as they are. */
export function formatTables(results: Results): string {
	const rows = summarizeRows(results);
	return [
		section('Goals', goalTable(rows, results)),
		section('At full speed', rowTable(rows, results)),
		...[SONDE_ROW, CLI_ROW].map((name) =>
			section(
				`${name}, beside the limit and the best peer`,
				comparisonTable(compareRow(name, rows, results)),
			),
		),
		section('At 1,000 opens a second', responseTable(results)),
		section('At 20 ms round trip', remoteTable(results)),
		section('Subscribers of one trace', subscriberTable(results)),
		section('Traces at once', traceTable(results)),
		section('Rejected by a filter', rejectTable(results)),
		section('Added cost per event of hot probes', probeCostTable(results)),
		section('Coming back', resumeTable(results)),
		section('Micro-benchmarks', microTable(results)),
	].join('\n');
}

function section(heading: string, text: string): string {
	return `## ${heading}\n\n${text}`;
}

function goalTable(rows: readonly RowSummary[], results: Results): string {
	const verdict = (met: boolean | undefined) => (met === undefined ? '' : met ? 'met' : 'MISSED');
	const cells = judge(rows, results).map(({ name, goal, measured, met }) => [
		name,
		goal,
		measured,
		verdict(met),
	]);
	return table(['goal', 'aim', 'measured', ''], cells);
}

function rowTable(rows: readonly RowSummary[], { rounds }: Results): string {
	const headings = [
		...[
			'row',
			'ns/open',
			'added ns',
			'own estimate ns',
			'CPU s/1M',
			'cold CPU s/1M',
			'client CPU s/1M',
			'came out',
			'lost',
			'bytes/event',
		],
		...['resident MB', 'client MB'],
	];
	const none = median(rounds.map(({ none: load }) => cpuNsPerCall(load))).toFixed(0);
	const cells = rows.filter(isAvailable).map((row) => {
		return [
			row.name,
			row.cpuNs.toFixed(0),
			row.addedNs.toFixed(0),
			row.estimatedNs?.toFixed(0) ?? '',
			row.serverCpuSeconds.toFixed(2),
			row.coldCpuSeconds?.toFixed(2) ?? '',
			row.clientCpuSeconds?.toFixed(2) ?? '',
			`${(row.cameOut * 100).toFixed(2)} %`,
			row.lost.toString(),
			row.bytesPerEvent.toFixed(0),
			(row.residentBytes / MB).toFixed(0),
			row.clientResidentBytes === undefined ? '' : (row.clientResidentBytes / MB).toFixed(0),
		];
	});
	const asked = (ASKED_BYTES / MB).toFixed(0);
	return `${table(headings, [['no tracing', none], ...cells])}
${listMissing(rows)}"Own estimate" is what the trace says in GetTrace: the average time in its programs, over its whole life. It leaves out the
kernel's way to a program and back, which "added" has in it.
"Cold" is a load of ${COLD_SECONDS} s before the measured one, in which the service's JavaScript is compiled.
Resident is the peak since the start of the process. Of that of Sonde's service, ${asked} MB are what a trace asks for:
the pages of its ring, which are mapped twice and count twice, and its retention.
`;
}

function comparisonTable(compared: readonly Comparison[]): string {
	const headings = ['figure', 'measured', 'limit', '× limit', 'best peer', '× best peer'];
	return table(
		headings,
		compared.map(({ figure, digits, value, limit, bestPeer }) => [
			figure,
			value.toFixed(digits),
			limit?.toFixed(digits) ?? '',
			limit === undefined ? '' : (value / limit).toFixed(2),
			bestPeer === undefined ? '' : `${bestPeer.value.toFixed(digits)} (${bestPeer.name})`,
			bestPeer === undefined ? '' : (value / bestPeer.value).toFixed(2),
		]),
	);
}
