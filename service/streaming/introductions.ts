import { Record } from '../gen/sonde/v1/record.js';
import type { Mention } from '../metadata/mention.js';

/** What one reader has been told of who the processes, cgroups and users in its events are. */
export interface Introductions {
	/** Whether a message with events that mention these should wait a moment, for what is about to be known. */
	mayWaitFor(mentions: readonly Mention[]): boolean;
	/** What to say with a message of events that mention these, and of what was mentioned before and not known then. */
	take(mentions: readonly Mention[]): Record[];
	/** Something is to be said that is not known yet, or did not fit. */
	readonly isWaiting: boolean;
}

/** For how long a message waits: the node hears of an exec within some milliseconds. */
const WAIT_MS = 20;
/** Of one message: with a batch they stay below what clients take. */
const MOST_BYTES = 512 * 1_024;

/** Nothing has been said. */
export function createIntroductions(): Introductions {
	const said = new WeakSet<Mention>();
	const waiting = new Set<Mention>();
	/** Of the message that waits. */
	let untilMs: number | undefined;

	return {
		mayWaitFor(mentions) {
			const isKnown = mentions.every((mention) => said.has(mention) || mention.record() !== undefined);
			const nowMs = performance.now();
			untilMs ??= nowMs + WAIT_MS;
			const mayWait = !isKnown && nowMs < untilMs;
			if (!mayWait) untilMs = undefined;
			return mayWait;
		},
		take(mentions) {
			for (const mention of mentions) if (!said.has(mention)) waiting.add(mention);
			const records: Record[] = [];
			let bytes = 0;
			for (const mention of waiting) {
				if (bytes >= MOST_BYTES) break;
				const record = mention.record();
				if (record === undefined) continue;
				bytes += Record.encode(record).finish().length;
				records.push(record);
				said.add(mention);
				waiting.delete(mention);
			}
			return records;
		},
		get isWaiting() {
			return waiting.size > 0;
		},
	};
}
