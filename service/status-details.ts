import { BadRequest, ErrorInfo } from 'nice-grpc-error-details/lib/proto/google/rpc/error_details.js';
import { Status } from 'nice-grpc-error-details/lib/proto/google/rpc/status.js';
import { cutText } from './quote-input.js';

/**
 * Longest google.rpc.Status, bytes: 4 KiB on the wire, where it is base64. A client takes 8 KiB of headers, and what is
 * longer reaches Python as RESOURCE_EXHAUSTED, without the message.
 */
export const MAX_DETAILS_BYTES = 3072;

/** Room that the tags and lengths around one violation and the list of them may need, bytes. */
const FRAMING_BYTES = 24;
/** Longest field path that is sent, bytes. */
const MAX_FIELD_BYTES = 256;
/** A description that would be cut to less than this, bytes, is left out. */
const MIN_DESCRIPTION_BYTES = 32;

const ERROR_INFO_URL = 'type.googleapis.com/google.rpc.ErrorInfo';
const BAD_REQUEST_URL = 'type.googleapis.com/google.rpc.BadRequest';

interface StatusDetails {
	readonly code: number;
	readonly message: string;
	readonly reason: string;
	readonly domain: string;
	/** Metadata of google.rpc.ErrorInfo. */
	readonly info: Readonly<Record<string, string>>;
	readonly violations: readonly { readonly field: string; readonly description: string }[];
}

/** Encodes a google.rpc.Status with ErrorInfo and, for violations, BadRequest; what does not fit is cut off. */
export function encodeStatusDetails({
	code,
	message,
	reason,
	domain,
	info: metadata,
	violations,
}: StatusDetails): Uint8Array {
	const info = ErrorInfo.encode(ErrorInfo.fromPartial({ reason, domain, metadata })).finish();
	const details = [{ typeUrl: ERROR_INFO_URL, value: info }];
	const encode = () => Status.encode(Status.fromPartial({ code, message, details })).finish();
	if (violations.length > 0) {
		const room = MAX_DETAILS_BYTES - encode().length - BAD_REQUEST_URL.length - FRAMING_BYTES;
		const fieldViolations = fitViolations(violations, room);
		const value = BadRequest.encode(BadRequest.fromPartial({ fieldViolations })).finish();
		details.push({ typeUrl: BAD_REQUEST_URL, value });
	}
	return encode();
}

function fitViolations(violations: StatusDetails['violations'], room: number) {
	const fitting: { field: string; description: string }[] = [];
	let left = room;
	for (const violation of violations) {
		const field = cutText(violation.field, MAX_FIELD_BYTES);
		left -= Buffer.byteLength(field) + FRAMING_BYTES;
		if (left < MIN_DESCRIPTION_BYTES) break;
		const description = cutText(violation.description, left);
		left -= Buffer.byteLength(description);
		fitting.push({ field, description });
	}
	return fitting;
}
