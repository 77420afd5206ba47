import { DELAY_MS, makeDelayedLink } from './delayed-link.js';
import { type LoadResult, runLoad } from './load.js';
import type { Processes } from './processes.js';
import { type ServiceOptions, startClient, startService } from './service.js';
import { openStreamClient, type StreamEnd } from './stream-counts.js';
import { readUsage } from './usage.js';

/** A client in another city, while the load runs at full speed. */
export interface RemoteResult {
	/** What makes the delay. */
	readonly method: string;
	/** Asked for, there and back. */
	readonly delayMs: number;
	readonly streams: readonly RemoteStream[];
}

/** One load and what came of it. */
export interface RemoteStream {
	/** Length of the paths that are opened, at least. */
	readonly pathBytes: number;
	/** Measured on the open channel, idle. */
	readonly roundTripMs: number;
	readonly load: LoadResult;
	/** What the client read from its connection while the load ran. */
	readonly bytesPerSecond: number;
	readonly eventsPerSecond: number;
	/** Opens of the load that did not come out. */
	readonly lost: number;
	readonly end: StreamEnd;
}

/** The load as it is, and one whose events are so long that it is the way to the client that is measured. */
const PATH_BYTES = [0, 1000];

/** Measures how much a client gets over a link with a round trip of 20 ms. */
export async function measureRemote(
	processes: Processes,
	options: ServiceOptions,
	seconds: number,
	signal: AbortSignal,
): Promise<RemoteResult> {
	const link = await makeDelayedLink(processes, signal);
	const { enter } = link.server;
	const service = await startService(processes, { ...options, host: link.serverHost, enter }, signal);
	const streams: RemoteStream[] = [];
	for (const pathBytes of PATH_BYTES) {
		const client = await startClient(processes, 'stream-client', service, { enter: link.client.enter });
		const reader = await openStreamClient(client, signal);
		const before = { ...(await readUsage(client.pid)), ...(await reader.look()) };
		const load = await runLoad(processes, seconds, { pathBytes });
		const after = { ...(await readUsage(client.pid)), ...(await reader.look()) };
		const end = await reader.end();
		const loadSeconds = load.wallNs / 1e9;
		streams.push({
			pathBytes,
			roundTripMs: reader.roundTripMs,
			load,
			bytesPerSecond: (after.readBytes - before.readBytes) / loadSeconds,
			eventsPerSecond: (after.sent - before.sent) / loadSeconds,
			lost: Math.max(end.evicted + end.rateLimited + end.ringFull, load.calls - end.sent),
			end,
		});
	}
	await service.close();
	await link.close();
	return { method: link.method, delayMs: 2 * DELAY_MS, streams };
}
