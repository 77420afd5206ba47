/** The two parts of a run whose memory is compared. */
export type WindowName = 'early' | 'late';

/** Longest warm-up: caches, pools and the remembered traces have filled for the greatest part. */
const MOST_WARM_UP_S = 180;
/** Of the run. */
const WARM_UP_SHARE = 0.3;
const WINDOW_SHARE = 0.15;

/**
 * Which of them a moment of a run belongs to; undefined: neither.
 *
 * @param hasEarly whether the first has a sample: a machine that is busy may be late for it.
 */
export function windowAt(elapsedS: number, seconds: number, hasEarly: boolean): WindowName | undefined {
	const warmUp = Math.min(MOST_WARM_UP_S, seconds * WARM_UP_SHARE);
	if (elapsedS >= warmUp && (!hasEarly || elapsedS < warmUp + seconds * WINDOW_SHARE)) return 'early';
	return elapsedS >= seconds * (1 - WINDOW_SHARE) ? 'late' : undefined;
}
