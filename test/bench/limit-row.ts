import { z } from 'zod';
import { runLoad } from './load.js';
import { CONSUMER_CPU } from './machine.js';
import { programPath } from './paths.js';
import type { Processes } from './processes.js';
import type { Row } from './row.js';
import { readUsage } from './usage.js';
import { until } from './wait.js';

const count = z.number().int().nonnegative();
const consumerSchema = z.object({
	/** Events that came out, of the whole machine. */
	events: count,
	/** Of their records in the ring. */
	bytes: count,
	ringFull: count,
	cpuNs: z.number().nonnegative(),
	libbpf: z.string(),
});

/** What the discarding consumer says at its end. */
export type Consumer = z.infer<typeof consumerSchema>;

export const LIMIT_ROW = 'the limit';

const START_MS = 30_000;
const STOP_MS = 10_000;

/** The discarding consumer in C, which is the least that watching can cost. */
export function createLimitRow(processes: Processes, signal: AbortSignal): Row {
	return {
		name: LIMIT_ROW,
		isOptional: false,
		measure: async (seconds) => {
			const args = [String(CONSUMER_CPU), programPath('limit.bpf.o')];
			const limit = await processes.start('limit', programPath('limit'), args);
			const isReady = async () => {
				limit.check();
				return limit.stdout().startsWith('ready\n') || undefined;
			};
			await until(isReady, { what: 'attaching the limit', timeoutMs: START_MS, signal });
			const load = await runLoad(processes, seconds);
			const { peakResidentBytes } = await readUsage(limit.pid);
			limit.signal('SIGTERM');
			await limit.end(STOP_MS);
			limit.check();
			const consumer = parseConsumer(limit.stdout());
			const { events, bytes, ringFull, cpuNs } = consumer;
			return {
				load,
				events,
				bytes,
				lost: Math.max(ringFull, load.calls - events),
				server: { cpuNs, peakBytes: peakResidentBytes },
				client: undefined,
				details: consumer,
			};
		},
	};
}

/** Reads what limit.c prints. */
export function parseConsumer(stdout: string): Consumer {
	const [, line] = stdout.split('\n');
	return consumerSchema.parse(JSON.parse(line ?? ''));
}
