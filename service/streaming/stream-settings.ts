import { invalidField } from '../error.js';
import { Backpressure } from '../gen/sonde/v1/trace.js';
import type { StreamEventsRequest } from '../gen/sonde/v1/trace_service.js';
import { durationWithin, within } from '../traces/fields.js';
import { COST_INTERVAL_BOUNDS, STREAM_BOUNDS } from '../traces/limits.js';

/** How one stream is to be served, complete and within bounds. */
export interface StreamSettings {
	/** 0n: no limit. */
	readonly maxEvents: bigint;
	/** Bytes that wait in a buffer of its own, which drops what comes when it is full; 0: it reads the retention. */
	readonly bufferBytes: number;
	/** 0n: no cost records. */
	readonly costIntervalNs: bigint;
}

/**
 * Fills in the defaults of a request.
 *
 * @param ofTrace what the trace does when readers are too slow.
 * @throws ServiceError INVALID_FIELD.
 */
export function parseStreamSettings(
	{ maxEvents, backpressure, bufferBytes, costInterval }: StreamEventsRequest,
	ofTrace: Backpressure,
): StreamSettings {
	return {
		maxEvents,
		bufferBytes: parseBuffer(backpressure, bufferBytes, ofTrace),
		costIntervalNs: durationWithin('cost_interval', costInterval, COST_INTERVAL_BOUNDS),
	};
}

function parseBuffer(backpressure: Backpressure, bytes: number, ofTrace: Backpressure): number {
	switch (backpressure) {
		case Backpressure.UNSPECIFIED:
		case Backpressure.DROP_OLDEST:
			if (bytes !== 0) throw invalidField('buffer_bytes', bytes, '0 without BACKPRESSURE_DROP_NEWEST');
			return 0;
		case Backpressure.DROP_NEWEST:
			if (ofTrace === Backpressure.PAUSE) {
				const limit = 'unset for a trace with BACKPRESSURE_PAUSE, which loses nothing';
				throw invalidField('backpressure', 'BACKPRESSURE_DROP_NEWEST', limit);
			}
			// In a field without presence, 0 is "not given".
			return within('buffer_bytes', bytes === 0 ? undefined : bytes, STREAM_BOUNDS.bufferBytes);
		case Backpressure.PAUSE:
			throw invalidField('backpressure', 'BACKPRESSURE_PAUSE', PRESSURE_OF_STREAM);
		default:
			throw invalidField('backpressure', backpressure, PRESSURE_OF_STREAM);
	}
}

const PRESSURE_OF_STREAM =
	'BACKPRESSURE_DROP_OLDEST or BACKPRESSURE_DROP_NEWEST (the owner of a trace chooses BACKPRESSURE_PAUSE in StartTrace)';
