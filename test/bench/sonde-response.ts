import { startPaced } from './load.js';
import type { Processes } from './processes.js';
import { latencySchema, RESPONSE_RATE, type Response, startsSchema } from './response.js';
import { type ServiceOptions, startClient, startService } from './service.js';
import { SONDE_ROW } from './sonde-row.js';

/** How often a trace is started. */
const STARTS = 25;
/** Of a start; it takes some 100 ms. */
const START_MS = 5_000;
const SLACK_MS = 30_000;

/** Measures the response of a fresh service: starts on an open channel, then the age of events of one trace. */
export async function measureSondeResponse(
	processes: Processes,
	options: ServiceOptions,
	seconds: number,
	signal: AbortSignal,
): Promise<Response> {
	const service = await startService(processes, options, signal);
	const starts = await beside(STARTS * (START_MS / 1000), async () =>
		startsSchema.parse(await runClient('start-client', String(STARTS), STARTS * START_MS)),
	);
	const latency = await beside(seconds + SLACK_MS / 1000, async () =>
		latencySchema.parse(await runClient('latency-client', String(seconds), seconds * 1000 + SLACK_MS)),
	);
	await service.close();
	return { name: SONDE_ROW, ...starts, ...latency };

	async function beside<T>(mostSeconds: number, measure: () => Promise<T>): Promise<T> {
		const trickle = await startPaced(processes, RESPONSE_RATE, mostSeconds);
		const result = await measure();
		trickle.signal('SIGTERM');
		await trickle.end(SLACK_MS);
		return result;
	}

	async function runClient(script: string, argument: string, timeoutMs: number): Promise<unknown> {
		const client = await startClient(processes, script, service, { args: [argument] });
		await client.end(timeoutMs);
		client.check();
		return JSON.parse(client.stdout());
	}
}
