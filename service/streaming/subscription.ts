import type { SubscriptionCounts } from '../gen/sonde/v1/accounting.js';
import type { Record } from '../gen/sonde/v1/record.js';
import { TraceState } from '../gen/sonde/v1/trace.js';
import { type Origin, StreamEventsResponse } from '../gen/sonde/v1/trace_service.js';
import type { EventBatch } from '../native.js';
import { subscriptionCounts } from '../traces/accounting.js';
import type { Trace } from '../traces/trace.js';
import type { BatchSource } from './batch-source.js';
import type { CostRecords } from './cost-records.js';
import { encodeCursor } from './cursor.js';
import { createIntroductions } from './introductions.js';
import type { StreamMessage } from './message.js';
import type { StreamTotals } from './stream-totals.js';

/** One reader's way through the events of a trace. */
export interface Subscription {
	/**
	 * The next message; it belongs to the caller. undefined: nothing new, or the end.
	 *
	 * @param isDue whether to give a message even when there is nothing new.
	 */
	next(isDue: boolean): StreamMessage | undefined;
	/** How long until there is something to say even without news, ms. */
	dueInMs(): number;
	/** No further message will come. */
	readonly isDone: boolean;
}

interface SubscriptionInit {
	readonly trace: Trace;
	/** The trace itself, or a buffer. */
	readonly source: BatchSource;
	readonly origin: Origin;
	/** Sequence of the first event to send. */
	readonly start: bigint;
	/** 0n: no limit. */
	readonly maxEvents: bigint;
	readonly costs: CostRecords;
	readonly totals: StreamTotals;
	/** Called with the events sent and lost so far, after each message. */
	readonly onAdvance: (sent: bigint, evicted: bigint) => void;
}

/** How often it is looked whether something is known by now. */
const INTRODUCTION_MS = 50;
const HOLD_MS = 3;

/** Starts at an event; nothing is copied or decoded. */
export function createSubscription(init: SubscriptionInit): Subscription {
	const { trace, source, origin, start, maxEvents, costs, totals, onAdvance } = init;
	let position = start;
	let sent = 0n;
	let evicted = 0n;
	let isDone = false;
	let nextRecord = trace.recordNumberAt(start);
	const introductions = createIntroductions();
	/** The next events wait for what they mention. */
	let isHolding = false;

	/** Skips what is no longer there, and says so. */
	function gap(first: bigint): Record[] {
		if (first <= position) return [];
		const missing = { firstSequence: position, lastSequence: first - 1n };
		evicted += first - position;
		totals.evictedEvents += first - position;
		position = first;
		return [{ kind: { $case: 'gap', value: missing } }];
	}

	/** What the trace has said until the event that comes next. */
	function said(): Record[] {
		const records: Record[] = [];
		for (const { number, sequence, record } of trace.recordsFrom(nextRecord)) {
			if (sequence > position) break;
			records.push(record);
			nextRecord = number + 1;
		}
		return records;
	}

	function encode(
		events: EventBatch | undefined,
		records: Record[],
		watermarkUnixNano: bigint,
	): StreamMessage {
		const firstSequence = position;
		const eventCount = events?.eventCount ?? 0;
		const count = BigInt(eventCount);
		position += count;
		sent += count;
		const { accounting } = trace.snapshot();
		const subscription = subscriptionCounts({ start, sent, evicted }, accounting);
		const envelope = StreamEventsResponse.encode({
			origin,
			firstSequence,
			eventCount,
			watermarkUnixNano,
			accounting: { ...accounting, subscription },
			cursor: encodeCursor({ traceId: trace.id, epoch: origin.epoch, sequence: position - 1n }),
			records: records.map((record) => withSubscription(record, subscription)),
			events: [],
		}).finish();
		countSent(events, envelope.length, count);
		onAdvance(sent, evicted);
		return { envelope, events };
	}

	function countSent(events: EventBatch | undefined, envelopeBytes: number, count: bigint): void {
		totals.sentMessages++;
		totals.sentEvents += count;
		totals.sentBytes += BigInt(envelopeBytes + (events?.byteLength ?? 0));
		if (events !== undefined) totals.latency.observe(Date.now() / 1e3 - Number(events.oldestUnixNano) / 1e9);
	}

	function hasAll(): boolean {
		return maxEvents !== 0n && sent >= maxEvents;
	}

	function nextBatch(): StreamMessage | undefined {
		const batch = hasAll() ? undefined : source.batchAt(position);
		isHolding = batch !== undefined && introductions.mayWaitFor(batch.mentions);
		if (isHolding) return undefined;
		// Retention may have been given back: then the rest is a gap, up to what is to come.
		const first = batch?.firstSequence ?? source.oldestSequence;
		const cost = costs.take();
		const records = [
			...gap(first),
			...said(),
			...introductions.take(batch?.mentions ?? []),
			...(cost === undefined ? [] : [cost]),
		];
		if (batch === undefined) {
			return records.length === 0 ? undefined : encode(undefined, records, 0n);
		}
		const left = maxEvents === 0n ? Number.MAX_SAFE_INTEGER : Number(maxEvents - sent);
		const events = batch.events.slice(Number(position - first), left);
		return encode(events, records, events.watermarkUnixNano);
	}

	function ended(): StreamMessage {
		isDone = true;
		const { accounting, watermarkUnixNano } = trace.snapshot();
		const { reason = 0, detail = '' } = trace.end ?? {};
		const record: Record = { kind: { $case: 'ended', value: { reason, detail, accounting } } };
		return encode(undefined, [record], watermarkUnixNano);
	}

	return {
		next(isDue) {
			if (isDone) return undefined;
			const message = nextBatch();
			isDone = hasAll() && !introductions.isWaiting;
			if (message !== undefined) return message;
			if (isHolding || introductions.isWaiting) return undefined;
			if (trace.state === TraceState.ENDED) return ended();
			return isDue ? encode(undefined, [], trace.snapshot().watermarkUnixNano) : undefined;
		},
		dueInMs() {
			if (isHolding) return HOLD_MS;
			return Math.min(costs.dueInMs(), introductions.isWaiting ? INTRODUCTION_MS : Number.POSITIVE_INFINITY);
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
