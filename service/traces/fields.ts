import { durationToNs, formatNs } from '../duration.js';
import { invalidField, ServiceError } from '../error.js';
import type { Duration } from '../gen/google/protobuf/duration.js';
import type { Bounds } from './limits.js';

/** A number in its range, or its default. @throws ServiceError INVALID_FIELD. */
export function within<T extends number | bigint>(
	field: string,
	value: T | undefined,
	{ fallback, min, max }: Bounds<T>,
): T {
	if (value === undefined) return fallback;
	if (value < min || value > max) throw invalidField(field, value, [min, max]);
	return value;
}

/** A time in its range, ns, or its default. @throws ServiceError INVALID_FIELD. */
export function durationWithin(
	field: string,
	value: Duration | undefined,
	{ fallback, min, max }: Bounds<bigint>,
): bigint {
	if (value === undefined) return fallback;
	const ns = durationToNs(value);
	if (ns >= min && ns <= max) return ns;
	throw violation(field, `is ${formatNs(ns)}, must be ${formatNs(min)} to ${formatNs(max)}`);
}

/** A field that is wrong in a way of its own. */
export function violation(field: string, description: string): ServiceError {
	return new ServiceError('INVALID_FIELD', `${field} ${description}`, {
		violations: [{ field, description }],
	});
}
