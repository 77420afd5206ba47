import { durationToNs, formatNs } from '../duration.js';
import { invalidField, ServiceError } from '../error.js';
import type { Duration } from '../gen/google/protobuf/duration.js';
import { Backpressure, type ProbeSpec, SamplingMode, type TraceLimits } from '../gen/sonde/v1/trace.js';
import type { StartTraceRequest } from '../gen/sonde/v1/trace_service.js';
import { type Bounds, MAX_PROBES_PER_TRACE, TRACE_BOUNDS, TRACE_DURATION_BOUNDS } from './limits.js';

/** Longest id of a probe, bytes. */
const MAX_PROBE_ID_BYTES = 128;

/** What one probe of a trace was asked to do, complete. */
export interface ProbeSettings {
	readonly probe: string;
	readonly sampleOneIn: number;
}

/** What a trace was asked to do, complete and within bounds. */
export interface TraceSettings {
	readonly probes: readonly ProbeSettings[];
	readonly eventsPerSecond: number;
	/** A power of two. */
	readonly ringBytes: number;
	readonly retentionBytes: number;
	readonly batch: { readonly maxEvents: number; readonly maxBytes: number; readonly maxDelayNs: bigint };
	readonly leaseNs: bigint;
	readonly maxDurationNs: bigint;
}

/**
 * Fills in the defaults of a request.
 *
 * @throws ServiceError INVALID_FIELD, or NOT_IMPLEMENTED for what this version does not have: nothing is ignored.
 */
export function parseSettings(request: StartTraceRequest): TraceSettings {
	const { probes, filter, limits, batch, backpressure, lease, maxDuration, requestId } = request;
	if (probes.length < 1 || probes.length > MAX_PROBES_PER_TRACE) {
		const description = `has ${probes.length.toLocaleString('en-US')} entries, must have 1 to ${MAX_PROBES_PER_TRACE}`;
		throw new ServiceError('INVALID_FIELD', `probes ${description}`, {
			violations: [{ field: 'probes', description }],
		});
	}
	refuse('request_id', requestId !== '', 'starting a trace again under the same request_id');
	refuse('filter', filter !== '', 'filtering in the kernel');
	refuseBackpressure(backpressure);
	return {
		probes: probes.map(parseProbe),
		...parseLimits(limits),
		batch: {
			maxEvents: within('batch.max_events', batch?.maxEvents, TRACE_BOUNDS.batchMaxEvents),
			maxBytes: within('batch.max_bytes', batch?.maxBytes, TRACE_BOUNDS.batchMaxBytes),
			maxDelayNs: durationWithin('batch.max_delay', batch?.maxDelay, TRACE_DURATION_BOUNDS.batchMaxDelay),
		},
		leaseNs: durationWithin('lease', lease, TRACE_DURATION_BOUNDS.lease),
		maxDurationNs: durationWithin('max_duration', maxDuration, TRACE_DURATION_BOUNDS.maxDuration),
	};
}

function parseProbe({ probe, filter, sampling }: ProbeSpec, index: number): ProbeSettings {
	const path = `probes[${index}]`;
	if (probe === '' || Buffer.byteLength(probe) > MAX_PROBE_ID_BYTES) {
		throw invalidField(`${path}.probe`, probe, `the id of a probe, 1 to ${MAX_PROBE_ID_BYTES} bytes`);
	}
	refuse(`${path}.filter`, filter !== '', 'filtering in the kernel');
	const mode = sampling?.mode ?? SamplingMode.EVENT;
	refuse(`${path}.sampling.mode`, mode === SamplingMode.PROCESS, 'sampling by process');
	if (mode !== SamplingMode.UNSPECIFIED && mode !== SamplingMode.EVENT) {
		throw invalidField(`${path}.sampling.mode`, mode, 'SAMPLING_MODE_EVENT');
	}
	// In a message without presence, 0 is "not given".
	const sampleOneIn = sampling?.sampleOneIn === 0 ? undefined : sampling?.sampleOneIn;
	return {
		probe,
		sampleOneIn: within(`${path}.sampling.sample_one_in`, sampleOneIn, TRACE_BOUNDS.sampleOneIn),
	};
}

function parseLimits(limits: TraceLimits | undefined) {
	refuse('limits.max_events', limits?.maxEvents !== undefined, 'stopping after a number of events');
	refuse('limits.cpu_budget_permille', limits?.cpuBudgetPermille !== undefined, 'a CPU budget');
	const ringBytes = within('limits.ring_bytes', limits?.ringBytes, TRACE_BOUNDS.ringBytes);
	return {
		eventsPerSecond: within(
			'limits.events_per_second',
			limits?.eventsPerSecond,
			TRACE_BOUNDS.eventsPerSecond,
		),
		ringBytes: 2 ** Math.ceil(Math.log2(ringBytes)),
		retentionBytes: within('limits.retention_bytes', limits?.retentionBytes, TRACE_BOUNDS.retentionBytes),
	};
}

function refuseBackpressure(backpressure: Backpressure): void {
	const field = 'backpressure';
	refuse(field, backpressure === Backpressure.DROP_NEWEST, 'BACKPRESSURE_DROP_NEWEST');
	refuse(field, backpressure === Backpressure.PAUSE, 'BACKPRESSURE_PAUSE');
	if (backpressure !== Backpressure.UNSPECIFIED && backpressure !== Backpressure.DROP_OLDEST) {
		throw invalidField(field, backpressure, 'BACKPRESSURE_DROP_OLDEST');
	}
}

function refuse(field: string, isAsked: boolean, what: string): void {
	if (!isAsked) return;
	const description = `${what} is not in this version`;
	throw new ServiceError('NOT_IMPLEMENTED', `${field}: ${description}`, {
		violations: [{ field, description }],
	});
}

function within(field: string, value: number | undefined, { fallback, min, max }: Bounds<number>): number {
	if (value === undefined) return fallback;
	if (value < min || value > max) throw invalidField(field, value, [min, max]);
	return value;
}

function durationWithin(
	field: string,
	value: Duration | undefined,
	{ fallback, min, max }: Bounds<bigint>,
): bigint {
	if (value === undefined) return fallback;
	const ns = durationToNs(value);
	if (ns >= min && ns <= max) return ns;
	const description = `is ${formatNs(ns)}, must be ${formatNs(min)} to ${formatNs(max)}`;
	throw new ServiceError('INVALID_FIELD', `${field} ${description}`, {
		violations: [{ field, description }],
	});
}
