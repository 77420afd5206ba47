import { nsToMs, unixNanoNow } from '../duration.js';

/** How long something may go without anybody who holds it. */
export interface Lease {
	/** When it runs out, Unix ns; 0n while somebody holds it. */
	readonly expiresUnixNano: bigint;
	/** It runs from now on; one that runs already goes on as it is. */
	run(ns: bigint): void;
	/** It does not run any more. */
	hold(): void;
}

/** Makes a lease that is held. */
export function createLease(onExpired: () => void): Lease {
	let timer: NodeJS.Timeout | undefined;
	let expiresUnixNano = 0n;

	const lease: Lease = {
		get expiresUnixNano() {
			return expiresUnixNano;
		},
		run(ns) {
			if (timer !== undefined) return;
			expiresUnixNano = unixNanoNow() + ns;
			timer = setTimeout(() => {
				lease.hold();
				onExpired();
			}, nsToMs(ns));
			timer.unref();
		},
		hold() {
			clearTimeout(timer);
			timer = undefined;
			expiresUnixNano = 0n;
		},
	};
	return lease;
}
