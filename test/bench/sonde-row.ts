import { setTimeout as sleep } from 'node:timers/promises';
import { type StageCounts, type Trace, TraceState } from '../../clients/typescript/index.js';
import { type ClientCounts, parseClientCounts } from './client-counts.js';
import { type LoadResult, runLoad } from './load.js';
import type { Child, Processes } from './processes.js';
import { type Service, startSonde } from './service.js';
import { readUsage } from './usage.js';
import { until } from './wait.js';

/** The load beside a Sonde trace that a client in another process reads over mTLS. */
export interface SondeResult {
	readonly load: LoadResult;
	/** What the client says at its end, of the whole trace. */
	readonly client: ClientCounts;
	/** What the node says of the ended trace. */
	readonly node: NodeCounts;
	/** From before the load until the stream had caught up. */
	readonly window: WindowUsage;
}

/** The losses that the node counts, of the whole trace. */
export interface NodeCounts {
	readonly encoded: number;
	readonly rateLimited: number;
	readonly ringFull: number;
	/** undefined: this kernel does not report it. */
	readonly missed: number | undefined;
}

/** What the two processes used for the events of the load, and of other processes meanwhile. */
export interface WindowUsage {
	readonly events: number;
	readonly serviceCpuNs: number;
	readonly clientCpuNs: number;
	/** Received by the client: events, envelopes, HTTP/2 and TLS. */
	readonly clientBytes: number;
	/** At the end of the window. */
	readonly serviceResidentBytes: number;
	readonly clientResidentBytes: number;
	/** Since the service started. */
	readonly servicePeakBytes: number;
}

/** The highest rate that a trace may have: the benchmark measures losses, not the limit. */
const EVENTS_PER_SECOND = '10000000';
const ATTACH_MS = 30_000;
const CATCH_UP_MS = 10_000;
const END_MS = 15_000;
/** The stream has caught up when service and client together take less than a tenth of a CPU for so long. */
const QUIET_MS = 300;
const QUIET_SHARE = 0.1;

/** Measures Sonde with a load of so many seconds. */
export async function runSondeRow(
	processes: Processes,
	service: Service,
	seconds: number,
	signal: AbortSignal,
): Promise<SondeResult> {
	const reader = await startSonde(processes, 'sonde trace', [
		...['trace', 'file.open', '--node', service.address, '--identity', service.identity],
		...['-o', 'count', '--rate', EVENTS_PER_SECOND],
	]);
	const traceId = await waitForTrace(service, reader, signal);
	await waitForQuiet(service, reader, signal);

	const before = await look(service, reader, traceId);
	const load = await runLoad(processes, seconds);
	await waitForQuiet(service, reader, signal);
	const after = await look(service, reader, traceId);

	reader.signal('SIGINT');
	await reader.end(END_MS);
	const trace = await waitForEnd(service, traceId, signal);
	return {
		load,
		client: parseClientCounts(reader.stdout(), reader.stderr()),
		node: toNodeCounts(totalOf(trace)),
		window: {
			events: Number(totalOf(after.trace).encoded - totalOf(before.trace).encoded),
			serviceCpuNs: after.service.cpuNs - before.service.cpuNs,
			clientCpuNs: after.reader.cpuNs - before.reader.cpuNs,
			clientBytes: after.reader.readBytes - before.reader.readBytes,
			serviceResidentBytes: after.service.residentBytes,
			clientResidentBytes: after.reader.residentBytes,
			servicePeakBytes: after.service.peakResidentBytes,
		},
	};
}

/** Waits until the only running trace has its reader, and gives its id. */
function waitForTrace({ client, child }: Service, reader: Child, signal: AbortSignal): Promise<string> {
	const isRunning = async () => {
		child.check();
		checkReader(reader);
		for await (const trace of client.listTraces({}, { signal })) {
			if (trace.state === TraceState.RUNNING && trace.subscribers > 0) return trace.traceId;
		}
		return undefined;
	};
	return until(isRunning, { what: 'attaching the trace', timeoutMs: ATTACH_MS, signal });
}

/**
 * Waits until the two have nothing to do. Looks from outside, as calls to the service would count as its work; gives
 * up without an error after some time, because on a busy machine other processes' opens never end.
 */
async function waitForQuiet(service: Service, reader: Child, signal: AbortSignal): Promise<void> {
	const cpuNs = async () => {
		service.child.check();
		checkReader(reader);
		const usages = await Promise.all([readUsage(service.child.pid), readUsage(reader.pid)]);
		return usages.reduce((sum, usage) => sum + usage.cpuNs, 0);
	};
	const deadline = performance.now() + CATCH_UP_MS;
	let before = await cpuNs();
	while (performance.now() < deadline) {
		await sleep(QUIET_MS, undefined, { signal });
		const now = await cpuNs();
		if (now - before < QUIET_MS * 1e6 * QUIET_SHARE) return;
		before = now;
	}
}

async function look({ child, client }: Service, reader: Child, traceId: string) {
	const [service, readerUsage] = await Promise.all([readUsage(child.pid), readUsage(reader.pid)]);
	const { trace } = await client.getTrace({ traceId });
	return { service, reader: readerUsage, trace };
}

function waitForEnd({ client }: Service, traceId: string, signal: AbortSignal): Promise<Trace> {
	const hasEnded = async () => {
		const { trace } = await client.getTrace({ traceId }, { signal });
		return trace?.state === TraceState.ENDED ? trace : undefined;
	};
	return until(hasEnded, { what: 'the end of the trace', timeoutMs: END_MS, signal });
}

function checkReader(reader: Child): void {
	reader.check();
	if (reader.ended()) throw new Error(`sonde trace ended by itself: ${reader.stderr().trim()}`);
}

function totalOf(trace: Trace | undefined): StageCounts {
	const total = trace?.accounting?.total;
	if (total === undefined) throw new Error('the node gave a trace without accounting');
	return total;
}

function toNodeCounts({ encoded, rateLimited, ringFull, missed }: StageCounts): NodeCounts {
	return {
		encoded: Number(encoded),
		rateLimited: Number(rateLimited),
		ringFull: Number(ringFull),
		missed: missed === undefined ? undefined : Number(missed),
	};
}
