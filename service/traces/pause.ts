import type { Readers } from './readers.js';
import type { Retention } from './retention.js';

/** Shares of the retention that the slowest reader has still to get: at one the programs pause, at the other they go on. */
const PAUSE_SHARE = 1 / 2;
const RESUME_SHARE = 1 / 8;

/**
 * Whether the programs of a trace that pauses should be paused.
 *
 * @param isPaused whether they are.
 * @param lagBytes encoded events that the slowest reader has still to get.
 */
export function shouldPause(isPaused: boolean, lagBytes: number, retentionBytes: number): boolean {
	return lagBytes > retentionBytes * (isPaused ? RESUME_SHARE : PAUSE_SHARE);
}

/**
 * For a trace that pauses: what keeps the events that its slowest reader has still to get, and pauses the programs while
 * that is much.
 *
 * @param setPaused false while the trace does not run: it is then asked again later.
 * @returns to be called when readers or events have moved.
 */
export function createPauser(
	readers: Readers,
	retention: Retention,
	setPaused: (isPaused: boolean) => boolean,
): () => void {
	let isPaused = false;

	return () => {
		const from = readers.slowest;
		retention.pinnedFrom = from;
		const shall = shouldPause(isPaused, retention.bytesFrom(from), retention.bounds.maxBytes);
		if (shall !== isPaused && setPaused(shall)) isPaused = shall;
	};
}
