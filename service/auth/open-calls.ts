import { ServiceError } from '../error.js';
import type { Access } from './access.js';
import type { Caller } from './caller.js';
import { afterMoment } from './connections/at-moment.js';

/** Calls that last, such as streams, and end when their callers may no longer make them. */
export interface OpenCalls {
	/**
	 * Watches one: as long as it is open its caller is asked for again when the proof of the identity ends, and whenever
	 * `recheck` is called.
	 *
	 * @param isAllowed what else must hold of the caller, as of now. @throws ServiceError.
	 * @param end is told once, why.
	 * @returns what stops watching.
	 */
	watch(caller: Caller, isAllowed: (caller: Caller) => void, end: (error: ServiceError) => void): () => void;
	/** After a change of certificates, tokens' keys, or the policy. Resolves when all have been looked at. */
	recheck(): Promise<void>;
}

interface OpenCall {
	readonly caller: Caller;
	readonly isAllowed: (caller: Caller) => void;
	readonly end: (error: ServiceError) => void;
}

/** Watches none yet. */
export function createOpenCalls(access: Access): OpenCalls {
	const calls = new Set<OpenCall>();

	async function look(call: OpenCall): Promise<void> {
		try {
			const { credential, method } = call.caller;
			call.isAllowed(access.authorize(await access.identify(credential), credential, method));
		} catch (error) {
			if (calls.delete(call)) call.end(ServiceError.from(error));
		}
	}

	return {
		watch(caller, isAllowed, end) {
			const call = { caller, isAllowed, end };
			calls.add(call);
			const { validUntil } = caller.identity;
			const forget = validUntil && afterMoment(validUntil, () => void look(call));
			return () => {
				calls.delete(call);
				forget?.();
			};
		},
		async recheck() {
			await Promise.all([...calls].map(look));
		},
	};
}
