import { connect } from '../../clients/typescript/index.js';
import { runLoad } from './load.js';
import type { Processes } from './processes.js';
import { waitForQuiet } from './quiet.js';
import { type Resume, resumeSchema } from './resume-schema.js';
import { type Service, type ServiceOptions, startClient, startService } from './service.js';
import { FASTEST_TRACE } from './trace-request.js';

/** A trace that nobody read, and what was then read of it. */
export interface ResumeResult extends Resume {
	/** Encoded events that the trace had kept. */
	readonly retainedBytes: number;
}

/** Asked for; an ended trace keeps no more. */
const RETENTION_BYTES = 128 * 1024 * 1024;
/** At full speed so long fills it. */
const MOST_FILL_SECONDS = 4;
const MOST_RECONNECT_SECONDS = 2;
/** Longer than it takes to read it: nothing may expire meanwhile. */
const KEPT = { seconds: 600n };
const READ_MS = 60_000;

/** Measures how fast a client gets what it has missed, and how often it can come back. */
export async function measureResume(
	processes: Processes,
	options: ServiceOptions,
	seconds: number,
	signal: AbortSignal,
): Promise<ResumeResult> {
	const service = await startService(processes, options, signal);
	const { traceId, retainedBytes } = await fill(processes, service, seconds, signal);
	const reconnectSeconds = Math.min(seconds, MOST_RECONNECT_SECONDS);
	const args = [traceId, String(service.child.pid), String(reconnectSeconds)];
	const client = await startClient(processes, 'resume-client', service, { args });
	await client.end(READ_MS);
	// A client that cannot go on may say less than a service that has ended.
	service.child.check();
	client.check();
	const resume = resumeSchema.parse(JSON.parse(client.stdout()));
	await service.close();
	return { ...resume, retainedBytes };
}

/** Makes a trace with events that have not been read. It is stopped, so that they stay what they are. */
async function fill(
	processes: Processes,
	{ child, address, identity }: Service,
	seconds: number,
	signal: AbortSignal,
): Promise<{ traceId: string; retainedBytes: number }> {
	const client = connect({ address, identity });
	const limits = { ...FASTEST_TRACE.limits, retentionBytes: RETENTION_BYTES, retentionAge: KEPT };
	const { trace: started } = await client.startTrace({ ...FASTEST_TRACE, limits, lease: KEPT });
	await runLoad(processes, Math.min(seconds, MOST_FILL_SECONDS));
	await waitForQuiet([child], signal);
	const { trace } = await client.stopTrace({ traceId: started?.traceId ?? '' });
	client.close();
	if (trace?.cost === undefined) throw new Error('the node stopped a trace without saying which');
	return { traceId: trace.traceId, retainedBytes: Number(trace.cost.retainedBytes) };
}
