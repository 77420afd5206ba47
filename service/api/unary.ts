import type { handleUnaryCall } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { CallAudit } from '../audit/call-audit.js';
import { type Caller, callerOf } from '../auth/caller.js';
import { ServiceError } from '../error.js';

/** What every handler needs. */
export interface CallContext {
	readonly log: Logger;
	readonly audit: CallAudit;
}

/** A call that is answered once: translates errors, and knows who calls. */
export function unary<Request, Response>(
	context: CallContext,
	answer: (request: Request, caller: Caller) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
	return async (call, callback) => {
		const caller = callerOf(call);
		try {
			callback(null, await answer(call.request, caller));
		} catch (error) {
			callback(failCall(error, { call, caller, context }));
		}
	};
}

interface FailedCall {
	readonly call: { getPath(): string; getPeer(): string };
	readonly caller: Caller;
	readonly context: CallContext;
}

/** The status for a caller; what is our own fault is logged with its cause, and what is denied is audited. */
export function failCall(error: unknown, { call, caller, context: { log, audit } }: FailedCall) {
	const failure = ServiceError.from(error);
	const facts = { method: call.getPath(), peer: call.getPeer(), reason: failure.reason };
	if (failure.reason === 'INTERNAL') log.error({ ...facts, err: failure.cause ?? failure }, 'call failed');
	else log.debug({ ...facts, cause: failure.message }, 'call refused');
	audit.denied(failure, caller);
	return failure.toStatus();
}
