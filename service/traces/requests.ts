import { createHash } from 'node:crypto';
import { ServiceError } from '../error.js';
import { quoteInput } from '../quote-input.js';
import type { Trace } from './trace.js';

/** The requests that have made a trace, by the ids that their callers gave them. */
export interface RequestLog {
	/**
	 * Gives the trace of an earlier request, or starts one. Nothing is remembered without an id.
	 *
	 * @param request encoded, to tell whether it is the same.
	 * @throws ServiceError REQUEST_ID_REUSED; what `start` throws, and then nothing is remembered.
	 */
	once(key: RequestKey, request: Uint8Array, start: () => Promise<Trace>): Promise<Trace>;
	/** Forgets the request that made a trace. */
	forget(key: RequestKey): void;
}

/** What names a request: its id, within its caller. */
export interface RequestKey {
	readonly owner: string;
	/** Empty: none. */
	readonly requestId: string;
}

/** Makes an empty log. */
export function createRequestLog(): RequestLog {
	const requests = new Map<string, { readonly digest: string; readonly trace: Promise<Trace> }>();
	// Owners hold no NUL: see principal.ts.
	const keyOf = ({ owner, requestId }: RequestKey) => `${owner}\0${requestId}`;
	return {
		async once(key, request, start) {
			if (key.requestId === '') return start();
			const digest = createHash('sha256').update(request).digest('base64');
			const earlier = requests.get(keyOf(key));
			if (earlier !== undefined) {
				if (earlier.digest === digest) return earlier.trace;
				throw new ServiceError(
					'REQUEST_ID_REUSED',
					`request_id ${quoteInput(key.requestId)} belongs to another request; use a new one`,
				);
			}
			const trace = start();
			requests.set(keyOf(key), { digest, trace });
			try {
				return await trace;
			} catch (error) {
				requests.delete(keyOf(key));
				throw error;
			}
		},
		forget(key) {
			requests.delete(keyOf(key));
		},
	};
}
