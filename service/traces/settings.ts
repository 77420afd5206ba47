import { randomInt } from 'node:crypto';
import { invalidField } from '../error.js';
import {
	Backpressure,
	type ProbeSpec,
	type Sampling,
	SamplingMode,
	type TraceLimits,
} from '../gen/sonde/v1/trace.js';
import type { StartTraceRequest } from '../gen/sonde/v1/trace_service.js';
import type { NativeSampling } from '../native.js';
import { durationWithin, violation, within } from './fields.js';
import {
	type Bounds,
	MAX_EVENTS_BOUNDS,
	MAX_PROBES_PER_TRACE,
	TRACE_BOUNDS,
	TRACE_DURATION_BOUNDS,
} from './limits.js';
import type { NodeLimits, TraceBounds } from './node-limits.js';

/** Longest id of a probe, bytes. */
const MAX_PROBE_ID_BYTES = 128;
/** Longest id of a request, bytes. */
const MAX_REQUEST_ID_BYTES = 128;

/** What one probe of a trace was asked to do, complete. */
export interface ProbeSettings {
	readonly probe: string;
	/** As it was written; empty: none. */
	readonly filter: string;
	readonly sampling: NativeSampling;
	/** As they were given: what they mean depends on the probe. */
	readonly options: ProbeSpec['options'];
}

/** Bounds of a trace that can change while it runs. */
export interface LimitSettings {
	/** 0: unlimited. */
	readonly eventsPerSecond: number;
	/** 0n: none. */
	readonly maxEvents: bigint;
	/** Of one core; 0: none. */
	readonly cpuBudgetPermille: number;
	readonly retentionBytes: number;
	readonly retentionAgeNs: bigint;
}

/** What a trace was asked to do, complete and within bounds. */
export interface TraceSettings extends LimitSettings {
	/** Empty: none. */
	readonly requestId: string;
	readonly probes: readonly ProbeSettings[];
	/** Of all probes, as it was written; empty: none. */
	readonly filter: string;
	/** Chooses the processes where probes are sampled by process. */
	readonly salt: number;
	/** A power of two. */
	readonly ringBytes: number;
	readonly batch: { readonly maxEvents: number; readonly maxBytes: number; readonly maxDelayNs: bigint };
	readonly backpressure: Backpressure.DROP_OLDEST | Backpressure.PAUSE;
	/** Whether readers are told who processes, cgroups and users are. */
	readonly metadata: boolean;
	readonly leaseNs: bigint;
	readonly maxDurationNs: bigint;
}

/**
 * Fills in the defaults of a request.
 *
 * @throws ServiceError INVALID_FIELD.
 */
export function parseSettings(request: StartTraceRequest, nodeLimits: NodeLimits): TraceSettings {
	const { probes, filter, limits, batch, backpressure, lease, maxDuration, requestId } = request;
	if (probes.length < 1 || probes.length > MAX_PROBES_PER_TRACE) {
		const count = probes.length.toLocaleString('en-US');
		throw violation('probes', `has ${count} entries, must have 1 to ${MAX_PROBES_PER_TRACE}`);
	}
	if (Buffer.byteLength(requestId) > MAX_REQUEST_ID_BYTES) {
		throw invalidField('request_id', requestId, `at most ${MAX_REQUEST_ID_BYTES} bytes`);
	}
	const salt = newSalt();
	const ringBytes = within('limits.ring_bytes', limits?.ringBytes, nodeLimits.trace.ringBytes);
	return {
		requestId,
		probes: probes.map((probe, i) => parseProbe(probe, i, salt)),
		salt,
		filter,
		...parseLimits(limits, defaultLimits(nodeLimits.trace), nodeLimits.trace),
		ringBytes: 2 ** Math.ceil(Math.log2(ringBytes)),
		batch: {
			maxEvents: within('batch.max_events', batch?.maxEvents, TRACE_BOUNDS.batchMaxEvents),
			maxBytes: within('batch.max_bytes', batch?.maxBytes, TRACE_BOUNDS.batchMaxBytes),
			maxDelayNs: durationWithin('batch.max_delay', batch?.maxDelay, TRACE_DURATION_BOUNDS.batchMaxDelay),
		},
		backpressure: parseBackpressure(backpressure),
		metadata: request.metadata,
		leaseNs: durationWithin('lease', lease, nodeLimits.lease),
		maxDurationNs: durationWithin('max_duration', maxDuration, nodeLimits.maxDuration),
	};
}

function defaultLimits(bounds: TraceBounds): LimitSettings {
	return {
		eventsPerSecond: bounds.eventsPerSecond.fallback,
		maxEvents: MAX_EVENTS_BOUNDS.fallback,
		cpuBudgetPermille: bounds.cpuBudgetPermille.fallback,
		retentionBytes: bounds.retentionBytes.fallback,
		retentionAgeNs: TRACE_DURATION_BOUNDS.retentionAge.fallback,
	};
}

/** Checks the limits that can change; those that are absent stay as they are. @throws ServiceError INVALID_FIELD. */
export function parseLimits(
	limits: TraceLimits | undefined,
	present: LimitSettings,
	bounds: TraceBounds,
): LimitSettings {
	const or = <T>(fallback: T, { min, max }: Bounds<T>): Bounds<T> => ({ fallback, min, max });
	return {
		eventsPerSecond: within(
			'limits.events_per_second',
			limits?.eventsPerSecond,
			or(present.eventsPerSecond, bounds.eventsPerSecond),
		),
		maxEvents: within('limits.max_events', limits?.maxEvents, or(present.maxEvents, MAX_EVENTS_BOUNDS)),
		cpuBudgetPermille: within(
			'limits.cpu_budget_permille',
			limits?.cpuBudgetPermille,
			or(present.cpuBudgetPermille, bounds.cpuBudgetPermille),
		),
		retentionBytes: within(
			'limits.retention_bytes',
			limits?.retentionBytes,
			or(present.retentionBytes, bounds.retentionBytes),
		),
		retentionAgeNs: durationWithin(
			'limits.retention_age',
			limits?.retentionAge,
			or(present.retentionAgeNs, TRACE_DURATION_BOUNDS.retentionAge),
		),
	};
}

/** For sampling by process: one for all probes of a trace, for as long as it lives. */
export function newSalt(): number {
	return randomInt(1, 2 ** 32);
}

/**
 * @param salt of the trace.
 * @throws ServiceError INVALID_FIELD.
 */
export function parseSampling(path: string, sampling: Sampling | undefined, salt: number): NativeSampling {
	const mode = sampling?.mode ?? SamplingMode.EVENT;
	// In a message without presence, 0 is "not given".
	const sampleOneIn = sampling?.sampleOneIn === 0 ? undefined : sampling?.sampleOneIn;
	const oneIn = within(`${path}.sample_one_in`, sampleOneIn, TRACE_BOUNDS.sampleOneIn);
	switch (mode) {
		case SamplingMode.UNSPECIFIED:
		case SamplingMode.EVENT:
			return { oneIn, processSalt: 0 };
		case SamplingMode.PROCESS:
			return { oneIn, processSalt: salt };
		default:
			throw invalidField(`${path}.mode`, mode, 'SAMPLING_MODE_EVENT or SAMPLING_MODE_PROCESS');
	}
}

function parseProbe(
	{ probe, filter, sampling, options }: ProbeSpec,
	index: number,
	salt: number,
): ProbeSettings {
	const path = `probes[${index}]`;
	if (probe === '' || Buffer.byteLength(probe) > MAX_PROBE_ID_BYTES) {
		throw invalidField(`${path}.probe`, probe, `the id of a probe, 1 to ${MAX_PROBE_ID_BYTES} bytes`);
	}
	return { probe, filter, options, sampling: parseSampling(`${path}.sampling`, sampling, salt) };
}

function parseBackpressure(backpressure: Backpressure): TraceSettings['backpressure'] {
	switch (backpressure) {
		case Backpressure.UNSPECIFIED:
		case Backpressure.DROP_OLDEST:
			return Backpressure.DROP_OLDEST;
		case Backpressure.PAUSE:
			return Backpressure.PAUSE;
		case Backpressure.DROP_NEWEST:
			throw invalidField('backpressure', 'BACKPRESSURE_DROP_NEWEST', PRESSURE_OF_TRACE);
		default:
			throw invalidField('backpressure', backpressure, PRESSURE_OF_TRACE);
	}
}

const PRESSURE_OF_TRACE =
	'BACKPRESSURE_DROP_OLDEST or BACKPRESSURE_PAUSE (a stream may choose BACKPRESSURE_DROP_NEWEST)';
