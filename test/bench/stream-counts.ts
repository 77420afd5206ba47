import { z } from 'zod';
import { readLines } from './child-lines.js';
import type { Child } from './processes.js';

const count = z.number().int().nonnegative();
const readySchema = z.object({ roundTripMs: z.number().positive() });
const lookSchema = z.object({ sent: count, bytes: count, messages: count });
const endSchema = lookSchema.extend({
	evicted: count,
	fired: count,
	startLost: count,
	encoded: count,
	rateLimited: count,
	ringFull: count,
	missed: count.nullable(),
	/** What the trace says that a hit costs, ns. */
	averageNs: count,
});

/** What has come so far: events, message bytes, messages. */
export type StreamLook = z.infer<typeof lookSchema>;
/** All that came, and what became of all events. */
export type StreamEnd = z.infer<typeof endSchema>;

/** A running stream-client. */
export interface StreamClient {
	readonly child: Child;
	/** Of an empty call on the open channel, ms. */
	readonly roundTripMs: number;
	readonly look: () => Promise<StreamLook>;
	/** Stops the trace and reads the rest. */
	readonly end: () => Promise<StreamEnd>;
}

const START_MS = 30_000;
const LOOK_MS = 10_000;
const END_MS = 30_000;

/** Waits until the trace of a stream-client runs. */
export async function openStreamClient(child: Child, signal: AbortSignal): Promise<StreamClient> {
	const nextLine = readLines(child, signal);
	const { roundTripMs } = readySchema.parse(await nextLine('the start of a trace', START_MS));
	return {
		child,
		roundTripMs,
		look: async () => {
			child.signal('SIGUSR2');
			return lookSchema.parse(await nextLine('an answer of the client', LOOK_MS));
		},
		end: async () => {
			child.signal('SIGINT');
			const end = endSchema.parse(await nextLine('the end of the trace', END_MS));
			await child.end(END_MS);
			child.check();
			return end;
		},
	};
}
