/** Timers run by a clock that is never set: so often the one is looked at that certificates end by. Also below 2^31 ms. */
const LOOK_EVERY_MS = 3_600_000;

/** Calls back when a moment has passed. Gives what takes that back. Keeps no process alive. */
export function afterMoment(moment: Date, callback: () => void): () => void {
	let timer: NodeJS.Timeout;
	const arm = () => {
		const leftMs = moment.getTime() - Date.now();
		// The moment itself is still good.
		if (leftMs < 0) return callback();
		timer = setTimeout(arm, Math.min(leftMs + 1, LOOK_EVERY_MS)).unref();
	};
	// Never before this returns.
	timer = setTimeout(arm, 0).unref();
	return () => clearTimeout(timer);
}
