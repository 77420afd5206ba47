import assert from 'node:assert/strict';
import type { StreamEventsResponse } from '../../clients/typescript/index.js';

/** A range of sequence numbers that a gap record named, both ends included. */
export interface Gap {
	readonly first: bigint;
	readonly last: bigint;
}

/**
 * Follows the sequence through messages of one or several streams that go on where the one before stopped: each event
 * comes once or is in a gap record.
 *
 * @returns the gaps.
 */
export function followSequence(messages: readonly StreamEventsResponse[], start = 1n): Gap[] {
	const gaps: Gap[] = [];
	let next = start;
	for (const { firstSequence, eventCount, events, records } of messages) {
		for (const { kind } of records) {
			if (kind.case !== 'gap') continue;
			assert.equal(kind.value.firstSequence, next, 'a gap begins where the events ended');
			assert.ok(kind.value.lastSequence >= next);
			gaps.push({ first: kind.value.firstSequence, last: kind.value.lastSequence });
			next = kind.value.lastSequence + 1n;
		}
		assert.equal(firstSequence, next);
		assert.equal(events.length, eventCount);
		next += BigInt(eventCount);
	}
	return gaps;
}

/** How many events are in gaps. */
export function lostIn(gaps: readonly Gap[]): bigint {
	return gaps.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}
