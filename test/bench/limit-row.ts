import { z } from 'zod';
import { type LoadResult, runLoad } from './load.js';
import { CONSUMER_CPU } from './machine.js';
import { programPath } from './paths.js';
import type { Processes } from './processes.js';
import { until } from './wait.js';

const consumerSchema = z.object({
	/** Events that came out, of the whole machine. */
	events: z.number().int().nonnegative(),
	ringFull: z.number().int().nonnegative(),
	cpuNs: z.number().nonnegative(),
	libbpf: z.string(),
});

/** The load beside the discarding consumer in C. */
export interface LimitResult {
	readonly load: LoadResult;
	readonly consumer: z.infer<typeof consumerSchema>;
}

const START_MS = 30_000;
const STOP_MS = 10_000;

/** Measures the limit with a load of so many seconds. */
export async function runLimitRow(
	processes: Processes,
	seconds: number,
	signal: AbortSignal,
): Promise<LimitResult> {
	const args = [String(CONSUMER_CPU), programPath('limit.bpf.o')];
	const limit = await processes.start('limit', programPath('limit'), args);
	const isReady = async () => {
		limit.check();
		return limit.stdout().startsWith('ready\n') || undefined;
	};
	await until(isReady, { what: 'attaching the limit', timeoutMs: START_MS, signal });
	const load = await runLoad(processes, seconds);
	limit.signal('SIGTERM');
	await limit.end(STOP_MS);
	limit.check();
	return { load, consumer: parseConsumer(limit.stdout()) };
}

/** Reads what limit.c prints. */
export function parseConsumer(stdout: string): LimitResult['consumer'] {
	const [, line] = stdout.split('\n');
	return consumerSchema.parse(JSON.parse(line ?? ''));
}
