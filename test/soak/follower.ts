import type { Accounting, StreamEventsResponse } from '../../clients/typescript/index.js';
import type { Checks } from './checks.js';
import type { Ledger } from './ledger.js';

/** Follows what one reader gets, over all its connections. */
export interface Follower {
	/** A connection begins. @param maxEvents that it asked for; 0: no limit. */
	connect(maxEvents: number): void;
	/** @param decodes whether the events are in it, and not only their number. */
	take(message: StreamEventsResponse, decodes: boolean): void;
	/** The connection has ended by itself and well. */
	ended(): void;
	/** Of the last message; undefined before the first. */
	readonly cursor: Uint8Array | undefined;
	/** The last event that it got or that was in a gap; undefined before the first message. */
	readonly sequence: bigint | undefined;
	/** It has got the end of the trace. */
	readonly isDone: boolean;
	/** Events in gaps so far. */
	readonly lost: bigint;
	readonly messages: number;
}

/** @param where names the reader in what is printed. */
export function createFollower(ledger: Ledger, checks: Checks, where: string): Follower {
	/** Of the event that must come next; undefined: any. */
	let next: bigint | undefined;
	let cursor: Uint8Array | undefined;
	let isDone = false;
	let lost = 0n;
	let messages = 0;
	let connections = 0;
	// Of the present connection.
	let start: bigint | undefined;
	let received = 0n;
	let evicted = 0n;
	let most = 0n;
	let floor: Accounting | undefined;

	const place = () => `${where}, connection ${connections}, message ${messages}`;

	function takeGaps({ records }: StreamEventsResponse): string[] {
		const problems: string[] = [];
		for (const { kind } of records) {
			if (kind.case !== 'gap') continue;
			const { firstSequence: first, lastSequence: last } = kind.value;
			if (next !== undefined && first !== next) problems.push(`a gap begins at ${first} and not at ${next}`);
			if (last < first) problems.push(`a gap from ${first} to ${last}`);
			evicted += last - first + 1n;
			lost += last - first + 1n;
			next = last + 1n;
		}
		return problems;
	}

	function checkSubscription({ accounting }: StreamEventsResponse): void {
		const counts = accounting?.subscription;
		if (counts === undefined) {
			checks.expect('subscription', false, () => `${place()}: there is none`);
			return;
		}
		const problems: string[] = [];
		const equal = (name: string, is: bigint, expected: bigint) => {
			if (is !== expected) problems.push(`${name} is ${is}, ${expected} by its messages`);
		};
		equal('before_start', counts.beforeStart, (start ?? 1n) - 1n);
		equal('sent', counts.sent, received);
		equal('evicted', counts.evicted, evicted);
		if (counts.pending < 0n) problems.push(`pending is ${counts.pending}`);
		checks.none('subscription', problems, place());
	}

	return {
		connect(maxEvents) {
			connections++;
			start = next;
			received = 0n;
			evicted = 0n;
			most = BigInt(maxEvents);
			floor = ledger.floor();
		},
		take(message, decodes) {
			messages++;
			const { firstSequence, eventCount, events, accounting, records, origin } = message;
			start ??= (accounting?.subscription?.beforeStart ?? 0n) + 1n;
			next ??= start;
			const problems = takeGaps(message);
			if (firstSequence !== next) problems.push(`events begin at ${firstSequence} and not at ${next}`);
			if (origin?.traceId !== ledger.id) problems.push(`is of trace ${origin?.traceId}`);
			checks.none('sequence', problems, place());
			if (decodes) {
				checks.expect(
					'decoded',
					events.length === eventCount,
					() => `${place()}: ${events.length} events, event_count ${eventCount}`,
				);
			}
			received += BigInt(eventCount);
			next = firstSequence + BigInt(eventCount);
			cursor = message.cursor;
			checkSubscription(message);
			if (accounting !== undefined) {
				ledger.sawAccounting(accounting, floor, place());
				floor = accounting;
			}
			for (const { kind } of records) {
				if (kind.case !== 'ended') continue;
				isDone = true;
				if (kind.value.accounting !== undefined)
					ledger.sawEnd(kind.value.reason, kind.value.accounting, place());
			}
		},
		ended() {
			const isFull = most !== 0n && received === most;
			checks.expect(
				'streamEnd',
				isDone || isFull,
				() => `${place()}: ended after ${received} events of ${most}, without an end of the trace`,
			);
			checks.expect(
				'streamEnd',
				most === 0n || received <= most,
				() => `${place()}: ${received} events of ${most}`,
			);
		},
		get cursor() {
			return cursor;
		},
		get sequence() {
			return next === undefined ? undefined : next - 1n;
		},
		get isDone() {
			return isDone;
		},
		get lost() {
			return lost;
		},
		get messages() {
			return messages;
		},
	};
}
