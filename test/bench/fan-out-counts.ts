import { z } from 'zod';
import { readLines } from './child-lines.js';
import type { Child } from './processes.js';

const count = z.number().int().nonnegative();
const warmingSchema = z.object({ warmSeconds: count });
const openSchema = z.object({ streams: count });
const lookSchema = z.object({
	/** Events, by stream; the streams of a trace stand together. */
	sent: z.array(count),
	/** Of all streams. */
	bytes: count,
	messages: count,
});
const endSchema = z.array(z.object({ sent: count, evicted: count, rateLimited: count, ringFull: count }));

/** What has come so far. */
export type FanOutLook = z.infer<typeof lookSchema>;
/** What came by each stream, and what did not. */
export type FanOutEnd = z.infer<typeof endSchema>;

/** A fan-out-client whose streams are open. */
export interface FanOutClient {
	readonly child: Child;
	readonly look: () => Promise<FanOutLook>;
	/** Stops the traces and reads the rest. */
	readonly end: () => Promise<FanOutEnd>;
}

const START_MS = 30_000;
/** Of all traces, and their streams. */
const OPEN_MS = 60_000;
const LOOK_MS = 10_000;
const END_MS = 60_000;

/**
 * Waits until the streams of a fan-out-client are open.
 *
 * @param warm called while its first trace runs; makes what that reads.
 */
export async function openFanOutClient(
	child: Child,
	warm: () => Promise<unknown>,
	signal: AbortSignal,
): Promise<FanOutClient> {
	const nextLine = readLines(child, signal);
	warmingSchema.parse(await nextLine('the start of a first trace', START_MS));
	await warm();
	openSchema.parse(await nextLine('the opening of all streams', OPEN_MS));
	return {
		child,
		look: async () => {
			child.signal('SIGUSR2');
			return lookSchema.parse(await nextLine('an answer of the client', LOOK_MS));
		},
		end: async () => {
			child.signal('SIGINT');
			const end = endSchema.parse(await nextLine('the end of all traces', END_MS));
			await child.end(END_MS);
			child.check();
			return end;
		},
	};
}
