import type { SubscriptionCounts } from '../gen/sonde/v1/accounting.js';
import type { Record } from '../gen/sonde/v1/record.js';
import { TraceState } from '../gen/sonde/v1/trace.js';
import { type Origin, StreamEventsResponse } from '../gen/sonde/v1/trace_service.js';
import type { Trace } from '../traces/trace.js';
import { encodeCursor } from './cursor.js';
import { type Cut, cutBatch } from './cut.js';

/** One reader's way through the events of a trace. */
export interface Subscription {
	/**
	 * The next message, as the bytes of a StreamEventsResponse. undefined: nothing new, or the end.
	 *
	 * @param isDue whether to give a message even when there is nothing new.
	 */
	next(isDue: boolean): Buffer | undefined;
	/** No further message will come. */
	readonly isDone: boolean;
}

interface SubscriptionInit {
	readonly trace: Trace;
	readonly origin: Origin;
	/** Sequence of the first event to send. */
	readonly start: bigint;
	/** 0n: no limit. */
	readonly maxEvents: bigint;
}

const NO_EVENTS: Cut = { bytes: Buffer.alloc(0), eventCount: 0 };

/** Starts at an event; nothing is copied or decoded. */
export function createSubscription({ trace, origin, start, maxEvents }: SubscriptionInit): Subscription {
	let position = start;
	let sent = 0n;
	let evicted = 0n;
	let isDone = false;

	/** Skips what is no longer retained, and says so. */
	function gap(first: bigint): Record[] {
		if (first <= position) return [];
		const missing = { firstSequence: position, lastSequence: first - 1n };
		evicted += first - position;
		position = first;
		return [{ kind: { $case: 'gap', value: missing } }];
	}

	function encode(events: Cut, records: Record[], watermarkUnixNano: bigint): Buffer {
		const firstSequence = position;
		const count = BigInt(events.eventCount);
		position += count;
		sent += count;
		const { accounting } = trace.snapshot();
		const beforeStart = start - 1n;
		const encoded = accounting.total?.encoded ?? 0n;
		// What the addon has encoded and not handed over yet is pending too.
		const pending = encoded - beforeStart - sent - evicted;
		const subscription: SubscriptionCounts = { beforeStart, sent, evicted, pending };
		const envelope = StreamEventsResponse.encode({
			origin,
			firstSequence,
			eventCount: events.eventCount,
			watermarkUnixNano,
			accounting: { ...accounting, subscription },
			cursor: encodeCursor({ traceId: trace.id, epoch: origin.epoch, sequence: position - 1n }),
			records: records.map((record) => withSubscription(record, subscription)),
			events: [],
		}).finish();
		return Buffer.concat([envelope, events.bytes]);
	}

	function nextBatch(): Buffer | undefined {
		const batch = trace.batchAt(position);
		// Retention may have been given back: then the rest is a gap, up to what is to come.
		const first = batch?.firstSequence ?? trace.oldestSequence;
		const records = gap(first);
		if (batch === undefined) {
			return records.length === 0 ? undefined : encode(NO_EVENTS, records, 0n);
		}
		const left = maxEvents === 0n ? Number.MAX_SAFE_INTEGER : Number(maxEvents - sent);
		const events = cutBatch(batch, Number(position - first), left);
		const message = encode(events, records, batch.watermarkUnixNano);
		isDone = maxEvents !== 0n && sent >= maxEvents;
		return message;
	}

	function ended(): Buffer {
		isDone = true;
		const { accounting, watermarkUnixNano } = trace.snapshot();
		const { reason = 0, detail = '' } = trace.end ?? {};
		const record: Record = { kind: { $case: 'ended', value: { reason, detail, accounting } } };
		return encode(NO_EVENTS, [record], watermarkUnixNano);
	}

	return {
		next(isDue) {
			if (isDone) return undefined;
			const message = nextBatch();
			if (message !== undefined) return message;
			if (trace.state === TraceState.ENDED) return ended();
			return isDue ? encode(NO_EVENTS, [], trace.snapshot().watermarkUnixNano) : undefined;
		},
		get isDone() {
			return isDone;
		},
	};
}

/** The final accounting is that of this reader, too. */
function withSubscription(record: Record, subscription: SubscriptionCounts): Record {
	const { kind } = record;
	if (kind?.$case !== 'ended' || kind.value.accounting === undefined) return record;
	const accounting = { ...kind.value.accounting, subscription };
	return { kind: { $case: 'ended', value: { ...kind.value, accounting } } };
}
