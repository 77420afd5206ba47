/** Of one principal, streams among them. */
const MAX_CALLS = 512;

/** Calls of each principal that have not ended. */
export interface CallsInFlight {
	/** @returns what ends it, may be called twice; undefined: there are too many. */
	begin(principal: string): (() => void) | undefined;
}

/** None is in flight. */
export function createCallsInFlight(most = MAX_CALLS): CallsInFlight {
	const calls = new Map<string, number>();
	return {
		begin(principal) {
			const count = calls.get(principal) ?? 0;
			if (count >= most) return undefined;
			calls.set(principal, count + 1);
			let isOver = false;
			return () => {
				if (isOver) return;
				isOver = true;
				const left = (calls.get(principal) ?? 0) - 1;
				if (left > 0) calls.set(principal, left);
				else calls.delete(principal);
			};
		},
	};
}
