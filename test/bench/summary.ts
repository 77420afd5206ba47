import type { LimitResult } from './limit-row.js';
import type { LoadResult } from './load.js';
import type { Results } from './rounds.js';
import type { SondeResult } from './sonde-row.js';

/** Figures of one row: medians over the rounds. */
export interface RowSummary {
	readonly name: string;
	/** Wall clock time per open. */
	readonly wallNs: number;
	/** CPU time of the load per open, which other processes on its CPU do not lengthen. */
	readonly cpuNs: number;
	/** CPU time per open less that of the same round without tracing. */
	readonly addedNs: number;
	/** addedNs by that of the limit in the same round; undefined where there is nothing to compare. */
	readonly ratio: number | undefined;
	readonly reader: ReaderSummary | undefined;
}

/** What reading the events of a row took. */
export interface ReaderSummary {
	/** CPU seconds for a million events: of the service, or of the consumer in C. */
	readonly cpuSeconds: number;
	readonly client: ClientSummary | undefined;
	/** All losses of all rounds. */
	readonly lost: number;
}

/** What the client of the service took and got. */
export interface ClientSummary {
	readonly cpuSeconds: number;
	readonly bytesPerEvent: number;
	/** Events sent to the client by those that fired. */
	readonly cameOut: number;
}

export interface Target {
	readonly name: string;
	readonly goal: string;
	readonly measured: string;
	/** undefined: not measured. */
	readonly met: boolean | undefined;
}

export interface Summary {
	readonly rows: readonly RowSummary[];
	readonly long: RowSummary | undefined;
	readonly targets: readonly Target[];
}

/** Share of the discarding consumer's added time that Sonde may take. */
const MOST_ADDED_RATIO = 1.4;
/** CPU seconds of the service for a million events delivered over mTLS. */
const MOST_SERVICE_CPU_SECONDS = 0.7;

/** Makes the figures that are reported. */
export function summarize({ rounds, long }: Results): Summary {
	const noneNs = rounds.map(({ none }) => cpuNsPerCall(none));
	const limitAddedNs = rounds.map(({ limit }, index) => cpuNsPerCall(limit.load) - (noneNs[index] ?? 0));
	const row = (name: string, loads: readonly LoadResult[], reader?: ReaderSummary): RowSummary => {
		const addedNs = loads.map((load, index) => cpuNsPerCall(load) - (noneNs[index] ?? 0));
		return {
			name,
			wallNs: median(loads.map(({ wallNs, calls }) => wallNs / calls)),
			cpuNs: median(loads.map(cpuNsPerCall)),
			addedNs: median(addedNs),
			ratio: reader && median(addedNs.map((added, index) => added / (limitAddedNs[index] ?? 0))),
			reader,
		};
	};
	const limits = rounds.map(({ limit }) => limit);
	const sondes = rounds.flatMap(({ sonde }) => sonde ?? []);
	const rows = [
		row(
			'no tracing',
			rounds.map(({ none }) => none),
		),
		row(
			'the limit',
			limits.map(({ load }) => load),
			summarizeLimit(limits),
		),
	];
	if (sondes.length > 0) {
		rows.push(
			row(
				'Sonde',
				sondes.map(({ load }) => load),
				summarizeSonde(sondes),
			),
		);
	}
	return {
		rows,
		long: long && summarizeLong(long, median(noneNs), median(limitAddedNs)),
		targets: judge(rows[2], long),
	};
}

export function median(values: readonly number[]): number {
	if (values.length === 0) throw new RangeError('the median of no values');
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	const upper = sorted[Math.floor(middle)] ?? 0;
	return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + upper) / 2 : upper;
}

/** Everything of a result that was made but did not reach the client. */
export function lostOf({ load, client }: SondeResult): number {
	// The load's own calls are the one count that no part of Sonde had a hand in.
	return Math.max(client.lost, load.calls - client.sent);
}

function summarizeLimit(limits: readonly LimitResult[]): ReaderSummary {
	return {
		cpuSeconds: median(limits.map(({ consumer }) => secondsPerMillion(consumer.cpuNs, consumer.events))),
		client: undefined,
		lost: limits.reduce((sum, { consumer }) => sum + consumer.ringFull, 0),
	};
}

function summarizeSonde(sondes: readonly SondeResult[]): ReaderSummary {
	const windows = sondes.map(({ window }) => window);
	return {
		cpuSeconds: median(windows.map(({ serviceCpuNs, events }) => secondsPerMillion(serviceCpuNs, events))),
		client: {
			cpuSeconds: median(windows.map(({ clientCpuNs, events }) => secondsPerMillion(clientCpuNs, events))),
			bytesPerEvent: median(windows.map(({ clientBytes, events }) => clientBytes / events)),
			cameOut: median(sondes.map(({ client }) => client.sent / client.fired)),
		},
		lost: sondes.reduce((sum, sonde) => sum + lostOf(sonde), 0),
	};
}

function summarizeLong(long: SondeResult, noneNs: number, limitAddedNs: number): RowSummary {
	const addedNs = cpuNsPerCall(long.load) - noneNs;
	return {
		name: 'Sonde, long run',
		wallNs: long.load.wallNs / long.load.calls,
		cpuNs: cpuNsPerCall(long.load),
		addedNs,
		ratio: addedNs / limitAddedNs,
		reader: summarizeSonde([long]),
	};
}

function judge(sonde: RowSummary | undefined, long: SondeResult | undefined): Target[] {
	const cpuSeconds = sonde?.reader?.cpuSeconds;
	const lost = long && lostOf(long);
	return [
		{
			name: 'service CPU per 1M events delivered over mTLS',
			goal: `≤ ${MOST_SERVICE_CPU_SECONDS} s`,
			...judgeOne(cpuSeconds, MOST_SERVICE_CPU_SECONDS, (value) => `${value.toFixed(2)} s`),
		},
		{
			name: 'lost in the long run at full speed',
			goal: '0',
			...judgeOne(lost, 0, String),
		},
		{
			name: 'added time per open, by that of the limit',
			goal: `≤ ${MOST_ADDED_RATIO}`,
			...judgeOne(sonde?.ratio, MOST_ADDED_RATIO, (value) => value.toFixed(2)),
		},
	];
}

function judgeOne(
	value: number | undefined,
	most: number,
	format: (value: number) => string,
): Pick<Target, 'measured' | 'met'> {
	if (value === undefined) return { measured: 'not measured', met: undefined };
	return { measured: format(value), met: value <= most };
}

function cpuNsPerCall({ cpuNs, calls }: LoadResult): number {
	return cpuNs / calls;
}

function secondsPerMillion(cpuNs: number, events: number): number {
	return cpuNs / 1e9 / (events / 1e6);
}
