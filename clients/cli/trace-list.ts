import { type Trace, TraceState } from '../typescript/index.js';
import { endReasonName, lostOf } from './accounting-line.js';
import { formatShare, perSecond } from './cost-format.js';
import { formatDuration } from './duration.js';
import { escapeText } from './escape.js';
import { listTable } from './list-table.js';
import { formatSize } from './size.js';

const HEADER = [
	...['TRACE', 'OWNER', 'STATE', 'PROBES', 'AGE', 'READERS', 'FIRED', 'ENCODED', 'LOST'],
	...['CPU', 'READER', 'NS/HIT', 'MEMORY'],
];
/** A millionth of a second each second is a millionth of a core. */
const NS_PER_PPM = 1_000;
const OWNER_COLUMN = HEADER.indexOf('OWNER');

/**
 * Lays out traces as a table.
 *
 * @param nowMs Time that ages of running traces count to, milliseconds since the Unix epoch.
 * @param width Columns of the terminal; undefined: nothing is cut.
 */
export function traceList(traces: readonly Trace[], nowMs: number, width: number | undefined): string {
	return listTable([HEADER, ...traces.map((trace) => cellsOf(trace, nowMs))], OWNER_COLUMN, width);
}

function cellsOf(trace: Trace, nowMs: number): string[] {
	const { total } = trace.accounting ?? {};
	const { coreSharePpm = 0, averageNs = 0n, mapBytes = 0n, retainedBytes = 0n } = trace.cost ?? {};
	const readerSharePpm = perSecond(trace.cost, trace.cost?.nodeCpuNs ?? 0n) / NS_PER_PPM;
	return [
		escapeText(trace.traceId),
		escapeText(trace.owner),
		stateOf(trace),
		escapeText(trace.probes.map(({ spec }) => spec?.probe ?? '').join(',')),
		ageOf(trace, nowMs),
		String(trace.subscribers),
		String(total?.fired ?? 0n),
		String(total?.encoded ?? 0n),
		String(trace.accounting === undefined ? 0n : lostOf(trace.accounting)),
		formatShare(coreSharePpm),
		formatShare(readerSharePpm),
		String(averageNs),
		formatSize(Number(mapBytes + retainedBytes)),
	];
}

function stateOf({ state, endReason }: Trace): string {
	const name: string | undefined = TraceState[state];
	const text = name?.toLowerCase() ?? String(state);
	return state === TraceState.ENDED ? `${text} (${endReasonName(endReason).replaceAll('_', ' ')})` : text;
}

/** Time since the start, for an ended trace until its end; "-" before the start. */
function ageOf({ startUnixNano, endUnixNano }: Trace, nowMs: number): string {
	if (startUnixNano === 0n) return '-';
	const untilMs = endUnixNano === 0n ? nowMs : Number(endUnixNano / 1_000_000n);
	return formatDuration(untilMs - Number(startUnixNano / 1_000_000n));
}
