import { invalidField, ServiceError } from '../error.js';
import { StartPosition, type StreamEventsRequest } from '../gen/sonde/v1/trace_service.js';
import type { Trace } from '../traces/trace.js';
import { decodeCursor } from './cursor.js';

/**
 * The first event that a request wants.
 *
 * @throws ServiceError INVALID_CURSOR, INVALID_FIELD, OUT_OF_RANGE_SEQUENCE.
 */
export function startSequence(
	{ start }: StreamEventsRequest,
	trace: Pick<Trace, 'id' | 'oldestSequence' | 'nextSequence'>,
	epoch: bigint,
): bigint {
	switch (start?.$case) {
		case undefined:
			return trace.oldestSequence;
		case 'cursor':
			return after('cursor', decodeCursor(start.value, { traceId: trace.id, epoch }), trace);
		case 'afterSequence':
			return after('after_sequence', start.value, trace);
		case 'position':
			switch (start.value) {
				case StartPosition.UNSPECIFIED:
				case StartPosition.OLDEST:
					return trace.oldestSequence;
				case StartPosition.LATEST:
					return trace.nextSequence;
				default:
					throw invalidField('position', start.value, 'START_POSITION_OLDEST or START_POSITION_LATEST');
			}
	}
}

function after(field: string, sequence: bigint, { nextSequence }: Pick<Trace, 'nextSequence'>): bigint {
	if (sequence < nextSequence) return sequence + 1n;
	const last = (nextSequence - 1n).toLocaleString('en-US');
	const description = `is ${sequence.toLocaleString('en-US')}, the last event so far is ${last}`;
	throw new ServiceError('OUT_OF_RANGE_SEQUENCE', `${field} ${description}`, {
		violations: [{ field, description }],
	});
}
