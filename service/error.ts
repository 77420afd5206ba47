import { Metadata, status } from '@grpc/grpc-js';
import { cutText, quoteInput } from './quote-input.js';
import { encodeStatusDetails } from './status-details.js';

export { quoteInput } from './quote-input.js';

/** Domain of google.rpc.ErrorInfo: reasons are unique within it. */
export const ERROR_DOMAIN = 'sonde.v1';

/** Longest message that is sent, bytes; with the details it stays under the 8 KiB that clients take of headers. */
const MAX_MESSAGE_BYTES = 1024;

const STATUS_DETAILS_KEY = 'grpc-status-details-bin';

/** The one table of what can go wrong: the reason in google.rpc.ErrorInfo, and the status that the call gets. */
const STATUS_BY_REASON = {
	INVALID_FIELD: status.INVALID_ARGUMENT,
	INVALID_FILTER: status.INVALID_ARGUMENT,
	INVALID_PAGE_TOKEN: status.INVALID_ARGUMENT,
	INVALID_CURSOR: status.INVALID_ARGUMENT,
	UNKNOWN_PROBE: status.INVALID_ARGUMENT,
	OUT_OF_RANGE_SEQUENCE: status.OUT_OF_RANGE,
	CERTIFICATE_MISSING: status.UNAUTHENTICATED,
	CERTIFICATE_NOT_TRUSTED: status.UNAUTHENTICATED,
	CERTIFICATE_EXPIRED: status.UNAUTHENTICATED,
	RPC_NOT_ALLOWED: status.PERMISSION_DENIED,
	PROBE_NOT_ALLOWED: status.PERMISSION_DENIED,
	NOT_OWNER: status.PERMISSION_DENIED,
	POLICY_FILTER_FAILED: status.FAILED_PRECONDITION,
	TOO_MANY_REQUESTS: status.RESOURCE_EXHAUSTED,
	TOO_MANY_FAILED_LOGINS: status.RESOURCE_EXHAUSTED,
	REQUEST_TOO_SLOW: status.DEADLINE_EXCEEDED,
	QUOTA_EXCEEDED: status.RESOURCE_EXHAUSTED,
	TOKEN_NOT_VALID: status.UNAUTHENTICATED,
	CERTIFICATE_REVOKED: status.UNAUTHENTICATED,
	TOKEN_EXPIRED: status.UNAUTHENTICATED,
	TOKEN_KEYS_UNAVAILABLE: status.UNAVAILABLE,
	AUDIT_UNAVAILABLE: status.UNAVAILABLE,
	TRACE_NOT_FOUND: status.NOT_FOUND,
	REQUEST_ID_REUSED: status.ALREADY_EXISTS,
	GENERATION_MISMATCH: status.ABORTED,
	CONTENT_NOT_ALLOWED: status.PERMISSION_DENIED,
	PROBE_UNAVAILABLE: status.FAILED_PRECONDITION,
	ATTACH_FAILED: status.FAILED_PRECONDITION,
	TRACE_ENDED: status.FAILED_PRECONDITION,
	IS_RECORDING: status.FAILED_PRECONDITION,
	TOO_MANY_TRACES: status.RESOURCE_EXHAUSTED,
	TOO_MANY_STREAMS: status.RESOURCE_EXHAUSTED,
	TOO_MUCH_MEMORY: status.RESOURCE_EXHAUSTED,
	SHUTTING_DOWN: status.UNAVAILABLE,
	RECORDING_DAMAGED: status.DATA_LOSS,
	INTERNAL: status.INTERNAL,
} as const satisfies Record<string, status>;

/** Why a call failed, for programs. */
export type Reason = keyof typeof STATUS_BY_REASON;

/** One field of a request that is wrong, as in google.rpc.BadRequest. */
export interface FieldViolation {
	/** Path of the field, for example "limits.ring_bytes". */
	readonly field: string;
	/** What is wrong with it. */
	readonly description: string;
}

interface ServiceErrorInit {
	readonly violations?: readonly FieldViolation[];
	/** Of google.rpc.ErrorInfo. */
	readonly metadata?: Readonly<Record<string, string>>;
	/** Logged, never sent. */
	readonly cause?: unknown;
}

/** A failed call in the form that grpc-js sends. */
export interface FailedStatus {
	readonly code: status;
	readonly details: string;
	readonly metadata: Metadata;
}

/** A call that the service refuses or cannot do. Its message and violations are sent to the caller. */
export class ServiceError extends Error {
	override readonly name = 'ServiceError';
	readonly reason: Reason;
	readonly violations: readonly FieldViolation[];
	readonly metadata: Readonly<Record<string, string>>;

	constructor(
		reason: Reason,
		message: string,
		{ violations = [], metadata = {}, cause }: ServiceErrorInit = {},
	) {
		super(message, { cause });
		this.reason = reason;
		this.violations = violations;
		this.metadata = metadata;
	}

	/** Canonical gRPC code of the reason. */
	get code(): status {
		return STATUS_BY_REASON[this.reason];
	}

	/** Keeps a ServiceError; anything else is a fault of the service, whose cause is for the log only. */
	static from(error: unknown): ServiceError {
		if (error instanceof ServiceError) return error;
		return new ServiceError('INTERNAL', 'internal error', { cause: error });
	}

	/** The status to send, with google.rpc details. */
	toStatus(): FailedStatus {
		const { code, reason, violations, metadata: info } = this;
		const message = cutText(this.message, MAX_MESSAGE_BYTES);
		const metadata = new Metadata();
		const details = encodeStatusDetails({ code, message, reason, domain: ERROR_DOMAIN, info, violations });
		metadata.set(STATUS_DETAILS_KEY, Buffer.from(details));
		return { code, details: message, metadata };
	}
}

/** A value of a field, for messages: numbers with thousands separators, text quoted and cut. */
export type FieldValue = string | number | bigint | boolean;

/** What a field takes: a sentence part such as "a probe id", or the smallest and the largest value. */
export type FieldLimit = string | readonly [min: number | bigint, max: number | bigint];

/** Refuses one field, as in "limits.ring_bytes is 5, must be 65,536 to 268,435,456". */
export function invalidField(field: string, value: FieldValue, limit: FieldLimit): ServiceError {
	const allowed = typeof limit === 'string' ? limit : `${formatValue(limit[0])} to ${formatValue(limit[1])}`;
	const description = `is ${formatValue(value)}, must be ${allowed}`;
	return new ServiceError('INVALID_FIELD', `${field} ${description}`, {
		violations: [{ field, description }],
	});
}

function formatValue(value: FieldValue): string {
	if (typeof value === 'string') return quoteInput(value);
	if (typeof value === 'boolean') return String(value);
	return value.toLocaleString('en-US', { maximumFractionDigits: 20 });
}
