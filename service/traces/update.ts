import { ServiceError } from '../error.js';
import type { UpdateTraceRequest } from '../gen/sonde/v1/trace_service.js';
import { durationWithin, violation } from './fields.js';
import type { NodeLimits } from './node-limits.js';
import {
	type LimitSettings,
	type ProbeSettings,
	parseLimits,
	parseSampling,
	type TraceSettings,
} from './settings.js';

/** What changes in a running trace, complete and within bounds. */
export interface TraceUpdate extends LimitSettings {
	readonly probes: readonly ProbeSettings[];
	readonly filter: string;
	/** The lease from now on; undefined: neither changed nor renewed. */
	readonly leaseNs: bigint | undefined;
}

/**
 * Joins a request with the present settings.
 *
 * @throws ServiceError INVALID_FIELD.
 */
export function parseUpdate(
	{ probes, filter, limits, lease }: UpdateTraceRequest,
	settings: TraceSettings,
	nodeLimits: NodeLimits,
): TraceUpdate {
	if (limits?.ringBytes !== undefined) {
		throw violation('limits.ring_bytes', 'cannot be changed while the trace runs; start another trace');
	}
	const updated = [...settings.probes];
	probes.forEach(({ probeIndex, filter: ofProbe, sampling }, i) => {
		const path = `probes[${i}]`;
		const present = updated[probeIndex];
		if (present === undefined) {
			const most = settings.probes.length - 1;
			throw violation(`${path}.probe_index`, `is ${probeIndex}, must be 0 to ${most}`);
		}
		updated[probeIndex] = {
			...present,
			filter: ofProbe ?? present.filter,
			sampling:
				sampling === undefined
					? present.sampling
					: parseSampling(`${path}.sampling`, sampling, settings.salt),
		};
	});
	return {
		...parseLimits(limits, settings, nodeLimits.trace),
		probes: updated,
		filter: filter ?? settings.filter,
		leaseNs: lease && durationWithin('lease', lease, nodeLimits.lease),
	};
}

/** @throws ServiceError GENERATION_MISMATCH. */
export function checkGeneration(expected: bigint, present: bigint): void {
	if (expected === 0n || expected === present) return;
	throw new ServiceError(
		'GENERATION_MISMATCH',
		`expected_generation is ${expected}, the trace has generation ${present}; read it again`,
	);
}
