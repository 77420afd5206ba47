import { ServiceError } from '../error.js';

/** Of one caller, at the same time: each keeps a thread busy with the kernel's verifier. */
const MAX_CHECKS = 4;

/** Work that callers ask for and that no trace pays for. */
export interface Checks {
	/** @throws ServiceError TOO_MANY_REQUESTS; what `work` throws. */
	run<T>(caller: string, work: () => Promise<T>): Promise<T>;
}

/** None is under way. */
export function createChecks(): Checks {
	const running = new Map<string, number>();
	return {
		async run(caller, work) {
			const count = running.get(caller) ?? 0;
			if (count >= MAX_CHECKS) {
				throw new ServiceError(
					'TOO_MANY_REQUESTS',
					`one caller may check ${MAX_CHECKS} filters at the same time; wait for the others`,
				);
			}
			running.set(caller, count + 1);
			try {
				return await work();
			} finally {
				const left = (running.get(caller) ?? 0) - 1;
				if (left > 0) running.set(caller, left);
				else running.delete(caller);
			}
		},
	};
}
