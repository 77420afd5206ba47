import type { ShapeResult } from './fan-out.js';
import { cpuNsPerCall, secondsPerMillion } from './figures.js';

/** Figures of one shape. */
export interface ShapeFigures {
	readonly traces: number;
	readonly subscribers: number;
	/** CPU time of the load for an open less that without tracing, ns. */
	readonly addedNs: number;
	/** The same as the traces estimate it, all together. */
	readonly estimatedNs: number;
	/** Events that came to all subscribers together in a second, while the load ran. */
	readonly deliveredPerSecond: number;
	readonly eventsPerMessage: number;
	/** Opens of the load that did not come, all subscribers together. */
	readonly lost: number;
	/** CPU seconds of the service for a million events that came, to whichever subscriber. */
	readonly serverCpuSeconds: number;
	/** The same for a million opens: each comes to all subscribers of all traces. */
	readonly serverCpuSecondsOfOpens: number;
	/** Of all subscribers together, for a million events that came. */
	readonly clientCpuSeconds: number;
	readonly residentBytes: number;
	/** Without rings and retention. */
	readonly ownBytes: number;
	readonly clientResidentBytes: number;
	readonly mapBytes: number;
}

/** Sums up a shape that was measured. */
export function summarizeShape(result: ShapeResult): ShapeFigures {
	const { traces, subscribers, none, load, looks, end, server, client, facts } = result;
	const [before, loaded, after] = [sumOf(looks[0].sent), sumOf(looks[1].sent), sumOf(looks[2].sent)];
	const delivered = after - before;
	const lost = end.map(({ sent, evicted, rateLimited, ringFull }) =>
		// The load's own calls are the one count that no part of Sonde had a hand in.
		Math.max(evicted + rateLimited + ringFull, load.calls - sent),
	);
	return {
		...{ traces, subscribers },
		addedNs: cpuNsPerCall(load) - cpuNsPerCall(none),
		estimatedNs: facts.estimatedNs,
		deliveredPerSecond: (loaded - before) / (load.wallNs / 1e9),
		eventsPerMessage: delivered / (looks[2].messages - looks[0].messages),
		lost: sumOf(lost),
		serverCpuSeconds: secondsPerMillion(server, delivered),
		serverCpuSecondsOfOpens: secondsPerMillion(server, delivered / (traces * subscribers)),
		clientCpuSeconds: secondsPerMillion(client, delivered),
		residentBytes: server.residentBytes,
		// The pages of a ring are mapped twice and count twice.
		ownBytes: server.residentBytes - 2 * facts.ringBytes - facts.retainedBytes,
		clientResidentBytes: client.residentBytes,
		mapBytes: facts.mapBytes,
	};
}

function sumOf(counts: readonly number[]): number {
	return counts.reduce((sum, count) => sum + count, 0);
}
