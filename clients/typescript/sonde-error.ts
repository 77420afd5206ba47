import { status as Code, Metadata } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo } from 'nice-grpc-error-details/lib/proto/google/rpc/error_details.js';
import { Status } from 'nice-grpc-error-details/lib/proto/google/rpc/status.js';

export { status as Code } from '@grpc/grpc-js';

/** Key of the metadata that carries google.rpc.Status. */
const STATUS_DETAILS_KEY = 'grpc-status-details-bin';

/** One field of a request that is wrong, as in google.rpc.BadRequest. */
export interface FieldViolation {
	/** Path of the field, for example "limits.ring_bytes". */
	readonly field: string;
	/** What is wrong with it. */
	readonly description: string;
}

interface SondeErrorInit {
	readonly reason?: string;
	readonly metadata?: Readonly<Record<string, string>>;
	readonly violations?: readonly FieldViolation[];
	readonly cause?: unknown;
}

/** A call that failed: the canonical gRPC code and what the node said beside it. */
export class SondeError extends Error {
	override readonly name = 'SondeError';
	/** Canonical gRPC code. */
	readonly code: Code;
	/** Reason from google.rpc.ErrorInfo, for example "PROBE_UNAVAILABLE"; empty when the node gave none. */
	readonly reason: string;
	/** Beside the reason, from google.rpc.ErrorInfo, for example the "line" and "column" of a mistake in a filter. */
	readonly metadata: Readonly<Record<string, string>>;
	/** What is wrong with which field, from google.rpc.BadRequest; empty when the node named none. */
	readonly violations: readonly FieldViolation[];

	constructor(code: Code, message: string, init: SondeErrorInit = {}) {
		super(message, { cause: init.cause });
		this.code = code;
		this.reason = init.reason ?? '';
		this.metadata = init.metadata ?? {};
		this.violations = init.violations ?? [];
	}

	/** Makes one of whatever a call to the node at `address` threw. */
	static from(error: unknown, address: string): SondeError {
		if (error instanceof SondeError) return error;
		if (!isStatus(error)) {
			const message = error instanceof Error ? error.message : String(error);
			return new SondeError(Code.UNKNOWN, message, { cause: error });
		}
		return new SondeError(error.code, messageOf(error, address), {
			...detailsOf(error.metadata),
			cause: error,
		});
	}
}

interface StatusLike {
	readonly code: Code;
	readonly details: string;
	readonly metadata: Metadata;
}

function isStatus(error: unknown): error is StatusLike {
	return (
		error instanceof Error &&
		'code' in error &&
		typeof error.code === 'number' &&
		'details' in error &&
		typeof error.details === 'string' &&
		'metadata' in error &&
		error.metadata instanceof Metadata
	);
}

function detailsOf(metadata: Metadata): Required<Omit<SondeErrorInit, 'cause'>> {
	let reason = '';
	let info: Readonly<Record<string, string>> = {};
	const violations: FieldViolation[] = [];
	const [encoded] = metadata.get(STATUS_DETAILS_KEY);
	if (encoded === undefined || typeof encoded === 'string') return { reason, metadata: info, violations };
	try {
		for (const { typeUrl, value } of Status.decode(encoded).details) {
			if (typeUrl.endsWith('/google.rpc.ErrorInfo')) {
				({ reason, metadata: info } = ErrorInfo.decode(value));
			} else if (typeUrl.endsWith('/google.rpc.BadRequest')) {
				for (const { field, description } of BadRequest.decode(value).fieldViolations) {
					violations.push({ field, description });
				}
			}
		}
	} catch {
		// Details are an extra: code and message stand without them.
	}
	return { reason, metadata: info, violations };
}

function messageOf({ code, details }: StatusLike, address: string): string {
	if (code === Code.DEADLINE_EXCEEDED) return `the node at ${address} did not answer in time`;
	if (code === Code.UNAVAILABLE) return `cannot reach a node at ${address}: ${unavailableCause(details)}`;
	return details === '' ? (Code[code] ?? String(code)) : details;
}

/** Turns grpc-js's account of a failed connection into what happened and what to check. */
function unavailableCause(details: string): string {
	if (details.includes('ECONNREFUSED')) {
		return 'connection refused; check that "sonde serve" runs there and listens on this address';
	}
	// Of connect(2) on a unix socket.
	if (details.includes('ENOENT')) {
		return 'there is no such socket; check that "sonde serve --unix" runs there, with this path';
	}
	if (details.includes('EACCES')) {
		return 'no permission to use the socket; check the modes of its directory';
	}
	if (details.includes('ENOTFOUND') || details.includes('EAI_AGAIN') || details.includes('Name resolution')) {
		return 'the name cannot be resolved; check the host name';
	}
	if (/does not match certificate|altnames/i.test(details)) {
		return 'its certificate is for another name; use a host name or address that the certificate lists';
	}
	if (/certificate|self.signed/i.test(details)) {
		return "its certificate is not signed by the identity's ca.pem; check that the identity belongs to this node";
	}
	return `${details.replace(/\s+/g, ' ')}; check the address, and that a firewall lets the connection through`;
}
