import type { Cost, Trace } from '../typescript/index.js';
import { formatNanoseconds, formatShare, perSecond } from './cost-format.js';
import { escapeText } from './escape.js';
import { listTable } from './list-table.js';
import { formatSize } from './size.js';

const HEADER = ['PROBE', 'HITS', 'NS/HIT', 'TIME', 'TIMED', 'KEPT', 'MAPS'];

/** What a trace costs, as people ask: per call, per second, per core, in memory; then each probe. */
export function costText({ probes, limits }: Trace, cost: Cost): string {
	const budget = limits?.cpuBudgetPermille ?? 0;
	const lines = [
		[
			'per call',
			`${formatNanoseconds(Number(cost.averageNs))} added to each of ${format(cost.runCount)} hits`,
		],
		[
			'per second',
			`${formatNanoseconds(perSecond(cost, cost.runTimeNs))} in programs for ${format(Math.round(perSecond(cost, cost.runCount)))} hits, ` +
				`${formatNanoseconds(perSecond(cost, cost.nodeCpuNs))} in the node's reader`,
		],
		[
			'per core',
			`${formatShare(cost.coreSharePpm)} of one core now; budget ${budget === 0 ? 'none' : `${budget / 10}%`}, ` +
				`changed the sampling ${format(cost.budgetSteps)} times`,
		],
		[
			'memory',
			`${formatSize(Number(cost.mapBytes))} of maps, ${formatSize(Number(cost.retainedBytes))} of events kept`,
		],
	];
	const rows = cost.probes.map((probe, i) => [
		escapeText(probes[i]?.spec?.probe ?? String(i)),
		format(probe.runCount),
		format(probe.averageNs),
		formatNanoseconds(Number(probe.runTimeNs)),
		format(probe.timedRuns),
		`1 in ${probe.budgetOneIn}`,
		formatSize(Number(probe.mapBytes)),
	]);
	const text = lines.map(([name = '', value = '']) => `${name.padEnd(11)} ${value}\n`).join('');
	return `${text}\n${listTable([HEADER, ...rows], 0, undefined)}`;
}

function format(value: number | bigint): string {
	return value.toLocaleString('en-US');
}
