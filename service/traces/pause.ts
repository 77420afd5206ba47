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
