import { runLoad } from './load.js';
import type { Processes } from './processes.js';
import { waitForQuiet } from './quiet.js';
import type { Row } from './row.js';
import { type ServiceOptions, startClient, startService } from './service.js';
import { openStreamClient } from './stream-counts.js';
import { readUsage, usedBetween } from './usage.js';

export const SONDE_ROW = 'Sonde';

/**
 * A node runs for weeks: what it costs is measured when its JavaScript has been compiled, which takes some half a second
 * of CPU time once. The figure of these first seconds is reported beside it.
 */
export const COLD_SECONDS = 5;

/** A fresh service whose events a client in another process reads over mTLS and counts by their bytes. */
export function createSondeRow(processes: Processes, options: ServiceOptions, signal: AbortSignal): Row {
	return {
		name: SONDE_ROW,
		isOptional: false,
		measure: async (seconds) => {
			const service = await startService(processes, options, signal);
			const reader = await openStreamClient(await startClient(processes, 'stream-client', service), signal);
			const readers = [service.child, reader.child];
			const read = () => Promise.all([readUsage(service.child.pid), readUsage(reader.child.pid)]);
			await waitForQuiet(readers, signal);

			const fresh = await read();
			const lookFresh = await reader.look();
			const firstLoad = await runLoad(processes, COLD_SECONDS);
			await waitForQuiet(readers, signal);
			const before = await read();
			const lookBefore = await reader.look();
			const load = await runLoad(processes, seconds);
			await waitForQuiet(readers, signal);
			const after = await read();
			const lookAfter = await reader.look();

			const end = await reader.end();
			await service.close();
			return {
				load,
				events: lookAfter.sent - lookBefore.sent,
				// All that the process read: events, envelopes, HTTP/2 and TLS.
				bytes: after[1].readBytes - before[1].readBytes,
				// Of both loads. Their own calls are the one count that no part of Sonde had a hand in.
				lost: Math.max(end.evicted + end.rateLimited + end.ringFull, firstLoad.calls + load.calls - end.sent),
				server: usedBetween(before[0], after[0]),
				client: usedBetween(before[1], after[1]),
				cold: {
					cpuNs: usedBetween(fresh[0], before[0]).cpuNs,
					events: lookBefore.sent - lookFresh.sent,
				},
				estimatedNs: end.averageNs,
				details: end,
			};
		},
	};
}
