import type { handleUnaryCall } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { type Caller, callerOf } from '../auth/caller.js';
import { ServiceError } from '../error.js';

/** What every handler needs to know about its callers. */
export interface CallContext {
	readonly log: Logger;
}

/** A call that is answered once: translates errors, and knows who calls. */
export function unary<Request, Response>(
	{ log }: CallContext,
	answer: (request: Request, caller: Caller) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
	return async (call, callback) => {
		try {
			callback(null, await answer(call.request, callerOf(call)));
		} catch (error) {
			callback(failCall(error, call, log));
		}
	};
}

/** The status for a caller; what is our own fault is logged with its cause. */
export function failCall(error: unknown, call: { getPath(): string; getPeer(): string }, log: Logger) {
	const failure = ServiceError.from(error);
	const facts = { method: call.getPath(), peer: call.getPeer(), reason: failure.reason };
	if (failure.reason === 'INTERNAL') log.error({ ...facts, err: failure.cause ?? failure }, 'call failed');
	else log.debug({ ...facts, cause: failure.message }, 'call refused');
	return failure.toStatus();
}
