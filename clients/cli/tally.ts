import type {
	Accounting,
	EndedRecord,
	StreamEventsResponse,
	SubscriptionCounts,
} from '../typescript/index.js';

/** What the messages of a stream say of the whole of it. */
export interface Tally {
	readonly ended: EndedRecord | undefined;
	/** Of the last message that had one; of the ended record, if that has come. */
	readonly accounting: Accounting | undefined;
	/** As of the last message. */
	readonly subscription: SubscriptionCounts | undefined;
	/** Events that came. */
	readonly received: bigint;
	add(message: StreamEventsResponse): void;
}

/** Starts at nothing. */
export function createTally(): Tally {
	let ended: EndedRecord | undefined;
	let accounting: Accounting | undefined;
	let subscription: SubscriptionCounts | undefined;
	let received = 0n;
	return {
		get ended() {
			return ended;
		},
		get accounting() {
			return ended?.accounting ?? accounting;
		},
		get subscription() {
			return subscription;
		},
		get received() {
			return received;
		},
		add(message) {
			accounting = message.accounting ?? accounting;
			subscription = message.accounting?.subscription ?? subscription;
			received += BigInt(message.eventCount);
			for (const { kind } of message.records) {
				if (kind.case !== 'ended') continue;
				ended = kind.value;
				subscription = kind.value.accounting?.subscription ?? subscription;
			}
		},
	};
}
