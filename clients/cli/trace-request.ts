import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { type StartTraceRequest, StartTraceRequestSchema } from '../typescript/index.js';

/** The longest that a trace may live, by the contract of StartTraceRequest.max_duration, ms. */
export const MAX_DURATION_MS = 24 * 3_600_000;

/** The node ends a trace by itself so long after its time, ms, should we not be there to stop it. */
const DURATION_MARGIN_MS = 60_000;

/** What the options of `sonde trace` say about the trace itself; undefined: the node's default. */
export interface TraceSettings {
	readonly probes: readonly string[];
	/** Milliseconds. */
	readonly durationMs: number | undefined;
	/** Events a second. */
	readonly rate: number | undefined;
	/** Keep one event in so many. */
	readonly sample: number | undefined;
	/** Milliseconds. */
	readonly batchDelayMs: number | undefined;
	readonly ringBytes: number | undefined;
}

/** Makes the request that starts the trace. */
export function traceRequest(settings: TraceSettings): StartTraceRequest {
	const { probes, durationMs, rate, sample, batchDelayMs, ringBytes } = settings;
	return create(StartTraceRequestSchema, {
		probes: probes.map((probe) => ({
			probe,
			...(sample !== undefined && { sampling: { sampleOneIn: sample } }),
		})),
		...((rate !== undefined || ringBytes !== undefined) && {
			limits: {
				...(rate !== undefined && { eventsPerSecond: rate }),
				...(ringBytes !== undefined && { ringBytes }),
			},
		}),
		...(batchDelayMs !== undefined && { batch: { maxDelay: durationFromMs(batchDelayMs) } }),
		...(durationMs !== undefined && {
			maxDuration: durationFromMs(Math.min(durationMs + DURATION_MARGIN_MS, MAX_DURATION_MS)),
		}),
	});
}
