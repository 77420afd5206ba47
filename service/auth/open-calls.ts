import { ServiceError } from '../error.js';
import type { Access } from './access.js';
import type { Caller } from './caller.js';

/** Longest time of a timer of Node, ms. */
const MAX_TIMER_MS = 2 ** 31 - 1;

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
			call.isAllowed(await access.admit(call.caller.credential, call.caller.method));
		} catch (error) {
			if (calls.delete(call)) call.end(ServiceError.from(error));
		}
	}

	return {
		watch(caller, isAllowed, end) {
			const call = { caller, isAllowed, end };
			calls.add(call);
			const timer = atTime(caller.identity.validUntil, () => void look(call));
			return () => {
				calls.delete(call);
				timer.stop();
			};
		},
		async recheck() {
			await Promise.all([...calls].map(look));
		},
	};
}

function atTime(time: Date | undefined, then: () => void): { stop(): void } {
	let timer: NodeJS.Timeout | undefined;
	const wait = (untilMs: number) => {
		const leftMs = untilMs - Date.now();
		// A moment later, so that whoever looks at the clock again sees that it is over.
		if (leftMs < 0) return then();
		timer = setTimeout(() => wait(untilMs), Math.min(leftMs + 1, MAX_TIMER_MS)).unref();
	};
	if (time !== undefined) wait(time.getTime());
	return { stop: () => clearTimeout(timer) };
}
