import { z } from 'zod';
import type { Spread } from './statistics.js';

const spread = z.object({ count: z.number(), p50: z.number(), p99: z.number(), max: z.number() });

export const startsSchema = z.object({ startMs: spread });
export const latencySchema = z.object({
	latencyMs: spread,
	/** From the oldest event of a message to the arrival of the message. */
	oldestMs: spread,
});

/** How fast a reader of a steady 1,000 opens a second gets them. Times in ms. */
export interface Response {
	readonly name: string;
	/** From the start to the first event. */
	readonly startMs: Spread;
	/** From the call of open to the arrival of its event. */
	readonly latencyMs: Spread;
	/** undefined: events come one by one. */
	readonly oldestMs: Spread | undefined;
}

/** Opens a second. */
export const RESPONSE_RATE = 1000;
