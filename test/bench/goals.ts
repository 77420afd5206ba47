import { TRACE_BOUNDS, TRACE_DURATION_BOUNDS } from '../../service/traces/limits.js';
import { LIMIT_ROW } from './limit-row.js';
import { addedNs, EMPTY, PREDICATES } from './reject.js';
import { findRow, LONG_ROW, type Results, type RowSummary } from './results.js';
import { isAvailable } from './row.js';
import { SONDE_ROW } from './sonde-row.js';

/** What was to be reached, and whether it was. */
export interface Goal {
	readonly name: string;
	/** For example "≤ 0.5 s". */
	readonly goal: string;
	readonly measured: string;
	/** undefined: not measured. */
	readonly met: boolean | undefined;
}

const MB = 1e6;
const NS_PER_MS = 1e6;

const MOST_SERVICE_CPU_SECONDS = 0.5;
const MOST_ADDED_RATIO = 1.25;
const MOST_START_MS = 100;
/** An event may wait as long as a batch, and then so long for everything else. */
const MOST_AFTER_BATCH_MS = 5;
const LEAST_REMOTE_BYTES_PER_SECOND = 80e6;
const MOST_OWN_RESIDENT_BYTES = 120 * MB;
const LEAST_ENCODED_PER_SECOND = 5e6;
const MOST_EARLY_REJECT_NS = 60;
const MOST_REJECT_RATIO = 1.1;
const MOST_UPDATE_MS = 150;

/** How long an event waits for its batch, ms, as a trace has it by default: from the oldest event of the batch on. */
export const BATCH_DELAY_MS = Number(TRACE_DURATION_BOUNDS.batchMaxDelay.fallback) / NS_PER_MS;
/** What a trace asks for by default. The pages of a ring are mapped twice, and both count as resident. */
export const ASKED_BYTES = 2 * TRACE_BOUNDS.ringBytes.fallback + TRACE_BOUNDS.retentionBytes.fallback;

/** Compares a run with the goals. */
export function judge(rows: readonly RowSummary[], results: Results): Goal[] {
	const sonde = findRow(rows, SONDE_ROW);
	const limit = findRow(rows, LIMIT_ROW);
	const long = findRow(rows, LONG_ROW);
	const response = results.responses.filter(isAvailable).find(({ name }) => name === SONDE_ROW);
	const remote = isAvailable(results.remote) ? results.remote : undefined;
	const encoder = isAvailable(results.encoder) ? results.encoder.encoder : undefined;
	const peakBytes = Math.max(sonde?.residentBytes ?? 0, long?.residentBytes ?? 0);
	const megabytes = (bytes: number) => `${(bytes / MB).toFixed(0)} MB`;
	const milliseconds = (ms: number) => `${ms.toFixed(1)} ms`;
	return [
		atMost(
			'service CPU per 1M events delivered over mTLS, once its code is compiled',
			sonde?.serverCpuSeconds,
			MOST_SERVICE_CPU_SECONDS,
			(value) => `${value.toFixed(2)} s`,
		),
		atMost(
			'added time per open, by that of the limit',
			sonde && limit && sonde.addedNs / limit.addedNs,
			MOST_ADDED_RATIO,
			(value) => value.toFixed(2),
		),
		atMost('lost in the long run at full speed', long?.lost, 0, String),
		atMost('start to first event, median', response?.startMs.p50, MOST_START_MS, milliseconds),
		atMost(
			`p99 of the oldest event of each batch to the client, batch delay of ${BATCH_DELAY_MS} ms and ${MOST_AFTER_BATCH_MS} ms`,
			response?.oldestMs?.p99,
			BATCH_DELAY_MS + MOST_AFTER_BATCH_MS,
			milliseconds,
		),
		atLeast(
			'received at 20 ms round trip, the better load',
			remote && Math.max(...remote.streams.map(({ bytesPerSecond }) => bytesPerSecond)),
			LEAST_REMOTE_BYTES_PER_SECOND,
			(value) => `${megabytes(value)}/s`,
		),
		atMost(
			'resident without rings and retention',
			sonde && peakBytes - ASKED_BYTES,
			MOST_OWN_RESIDENT_BYTES,
			megabytes,
		),
		...rejectGoals(results),
		atLeast(
			'encoder, events a second on one core',
			encoder?.eventsPerSecond,
			LEAST_ENCODED_PER_SECOND,
			(value) => `${(value / 1e6).toFixed(1)} M`,
		),
	];
}

/** What a filter rejects should cost no more than what is written by hand. */
function rejectGoals({ rejects }: Results): Goal[] {
	const found = isAvailable(rejects) ? rejects : undefined;
	const nanoseconds = (value: number) => `${value.toFixed(0)} ns`;
	const added = (reader: string) => (found === undefined ? undefined : addedNs(found, reader));
	const [empty, own] = [added(EMPTY), added(`${SONDE_ROW}, ${PREDICATES[0].name}`)];
	const early = empty === undefined || own === undefined ? undefined : own - empty;
	return [
		atMost('rejected by the process, beyond an empty program', early, MOST_EARLY_REJECT_NS, nanoseconds),
		...PREDICATES.map(({ name }) => {
			const [byHand, compiled] = [added(`by hand, ${name}`), added(`${SONDE_ROW}, ${name}`)];
			const ratio = byHand === undefined || compiled === undefined ? undefined : compiled / byHand;
			return atMost(`rejected by ${name}, by what is written by hand`, ratio, MOST_REJECT_RATIO, (value) =>
				value.toFixed(2),
			);
		}),
		atMost(
			'UpdateTrace of a filter at full speed, longest',
			found?.updateMs.max,
			MOST_UPDATE_MS,
			(value) => `${value.toFixed(0)} ms`,
		),
	];
}

function atMost(
	name: string,
	value: number | undefined,
	most: number,
	format: (value: number) => string,
): Goal {
	return compareWith(name, `≤ ${format(most)}`, value, format, (measured) => measured <= most);
}

function atLeast(
	name: string,
	value: number | undefined,
	least: number,
	format: (value: number) => string,
): Goal {
	return compareWith(name, `≥ ${format(least)}`, value, format, (measured) => measured >= least);
}

function compareWith(
	name: string,
	goal: string,
	value: number | undefined,
	format: (value: number) => string,
	isMet: (value: number) => boolean,
): Goal {
	if (value === undefined) return { name, goal, measured: 'not measured', met: undefined };
	return { name, goal, measured: format(value), met: isMet(value) };
}
