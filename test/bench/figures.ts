import type { LoadResult } from './load.js';
import type { RowResult, Use } from './row.js';
import { median } from './statistics.js';

/** Figures of one row: medians over the rounds. */
export interface RowFigures {
	readonly name: string;
	/** CPU time of the load for an open, ns, which other processes on its CPU do not lengthen. */
	readonly cpuNs: number;
	/** The same, less that of the same round without tracing. */
	readonly addedNs: number;
	/** What the tool itself says that an open costs, ns; undefined where it says nothing. */
	readonly estimatedNs: number | undefined;
	/** CPU seconds of the tool or service for a million events that came out. */
	readonly serverCpuSeconds: number;
	/** The same while the service was new; undefined where that makes no difference. */
	readonly coldCpuSeconds: number | undefined;
	/** Of its client. */
	readonly clientCpuSeconds: number | undefined;
	/** Share of the load's opens that came out. */
	readonly cameOut: number;
	/** Opens of the load that did not, in all rounds together. */
	readonly lost: number;
	readonly bytesPerEvent: number;
	/** Of the tool or service, at its peak: the largest of all rounds. */
	readonly residentBytes: number;
	/** Of its client. */
	readonly clientResidentBytes: number | undefined;
}

/** A measurement and the load of the same round without tracing. */
export interface Measured {
	readonly result: RowResult;
	readonly none: LoadResult;
}

/** Sums up the measurements of a row. @throws RangeError when there are none. */
export function summarizeRow(name: string, measured: readonly Measured[]): RowFigures {
	const results = measured.map(({ result }) => result);
	const cold = results.flatMap(({ cold: first }) => (first === undefined ? [] : [first]));
	const estimates = results.flatMap(({ estimatedNs }) => (estimatedNs === undefined ? [] : [estimatedNs]));
	const clients = results.flatMap(({ client, events }) => (client === undefined ? [] : [{ client, events }]));
	return {
		name,
		cpuNs: median(results.map(({ load }) => cpuNsPerCall(load))),
		addedNs: median(measured.map(({ result, none }) => cpuNsPerCall(result.load) - cpuNsPerCall(none))),
		estimatedNs: estimates.length > 0 ? median(estimates) : undefined,
		serverCpuSeconds: median(results.map(({ server, events }) => secondsPerMillion(server, events))),
		coldCpuSeconds:
			cold.length > 0 ? median(cold.map((first) => secondsPerMillion(first, first.events))) : undefined,
		clientCpuSeconds: clients.length > 0 ? median(clients.map(perMillion)) : undefined,
		cameOut: median(results.map(({ load, lost }) => 1 - lost / load.calls)),
		lost: results.reduce((sum, { lost }) => sum + lost, 0),
		bytesPerEvent: median(results.map(({ bytes, events }) => bytes / events)),
		residentBytes: Math.max(...results.map(({ server }) => server.peakBytes)),
		clientResidentBytes:
			clients.length > 0 ? Math.max(...clients.map(({ client }) => client.peakBytes)) : undefined,
	};
}

/** CPU time of the load for an open, ns. */
export function cpuNsPerCall({ cpuNs, calls }: LoadResult): number {
	return cpuNs / calls;
}

/** CPU seconds of all that is needed for a million events that came out. */
export function allCpuSeconds({ serverCpuSeconds, clientCpuSeconds = 0 }: RowFigures): number {
	return serverCpuSeconds + clientCpuSeconds;
}

function perMillion({ client, events }: { readonly client: Use; readonly events: number }): number {
	return secondsPerMillion(client, events);
}

/** CPU seconds for a million events. */
export function secondsPerMillion({ cpuNs }: Pick<Use, 'cpuNs'>, events: number): number {
	return cpuNs / 1e9 / (events / 1e6);
}
