import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { Backpressure, type StartTraceRequest, StartTraceRequestSchema } from '../typescript/index.js';
import { limitsOf } from './limit-options.js';
import { probeChoice } from './probe-choice.js';
import { probeOptions } from './probe-options.js';
import { MAX_DURATION_MS, type TraceOptions } from './trace.js';

/** The node ends a trace by itself so long after its time, ms, should we not be there to stop it. */
const DURATION_MARGIN_MS = 60_000;

/** Makes the request that starts the trace; what was not given is the node's to choose. */
export function traceRequest(probes: readonly string[], options: TraceOptions): StartTraceRequest {
	const { batchDelay, ring, lease, onSlow } = options;
	const ownOptions = probeOptions(probes, options.option ?? []);
	return create(StartTraceRequestSchema, {
		probes: probes.map((probe, i) => ({
			probe,
			...probeChoice(options),
			options: ownOptions[i] ?? { case: undefined },
		})),
		limits: { ...limitsOf(options), ...(ring !== undefined && { ringBytes: ring }) },
		...(batchDelay !== undefined && { batch: { maxDelay: durationFromMs(batchDelay) } }),
		...(lease !== undefined && { lease: durationFromMs(lease) }),
		...(options.for !== undefined && {
			maxDuration: durationFromMs(Math.min(options.for + DURATION_MARGIN_MS, MAX_DURATION_MS)),
		}),
		...(onSlow === 'pause' && { backpressure: Backpressure.PAUSE }),
	});
}
