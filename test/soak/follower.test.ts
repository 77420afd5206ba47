import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { StreamEventsResponseSchema, TraceSchema, TraceState } from '../../clients/typescript/index.js';
import { createChecks } from './checks.js';
import { createFollower } from './follower.js';
import { createLedger } from './ledger.js';

/** A message of a trace that has made so many events, with a subscription that adds up. */
function message(
	first: bigint,
	count: number,
	{ sent, evicted = 0n, before = 0n }: { sent: bigint; evicted?: bigint; before?: bigint },
	records: MessageInitShape<typeof StreamEventsResponseSchema>['records'] = [],
) {
	const encoded = 100n;
	const counts = { fired: encoded, matched: encoded, delivered: encoded, encoded };
	const subscription = { beforeStart: before, sent, evicted, pending: encoded - sent - evicted - before };
	return create(StreamEventsResponseSchema, {
		...{ firstSequence: first, eventCount: count, records, origin: { traceId: 'a' } },
		accounting: { total: counts, probes: [counts], subscription },
	});
}

function follow() {
	const printed: string[] = [];
	const checks = createChecks((line) => printed.push(line));
	const started = create(TraceSchema, { traceId: 'a', state: TraceState.RUNNING });
	const ledger = createLedger({ started, askedMs: 0, cpus: 1, checks });
	const follower = createFollower(ledger, checks, 'reader');
	follower.connect(0);
	return { printed, follower };
}

test('events in order, gaps and a resume are right', () => {
	const { printed, follower } = follow();
	follower.take(message(1n, 10, { sent: 10n }), false);
	const gap = { kind: { case: 'gap' as const, value: { firstSequence: 11n, lastSequence: 20n } } };
	follower.take(message(21n, 5, { sent: 15n, evicted: 10n }, [gap]), false);
	follower.connect(0);
	follower.take(message(26n, 5, { sent: 5n, before: 25n }), false);
	assert.deepEqual(printed, []);
	assert.equal(follower.sequence, 30n);
	assert.equal(follower.lost, 10n);
});

test('an event that is missing without a gap, and one that comes twice, are found', () => {
	for (const first of [12n, 10n]) {
		const { printed, follower } = follow();
		follower.take(message(1n, 10, { sent: 10n }), false);
		follower.take(message(first, 5, { sent: 15n }), false);
		assert.match(printed.join(), new RegExp(`events begin at ${first} and not at 11`));
	}
});

test('a stream that says that it sent more than it did is found, and one that just ends', () => {
	const { printed, follower } = follow();
	follower.take(message(1n, 10, { sent: 11n }), false);
	assert.match(printed.join(), /sent is 11, 10 by its messages/);
	follower.ended();
	assert.match(printed.join(), /ended after 10 events of 0, without an end of the trace/);
});
