import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadNative } from '../native.js';
import { createRetention } from '../traces/retention.js';
import { createNewestDropper } from './newest-dropper.js';

const { EventBatch } = loadNative();

// One event of two bytes: the tag of field 1, and the length of an empty message.
const EVENT = Buffer.from([0x0a, 0x00]);

function setUp(retained: number, maxBytes: number) {
	const retention = createRetention({ maxBytes: retained, maxAgeMs: 1_000 });
	const source = {
		batchAt: (sequence: bigint) => retention.at(sequence),
		get oldestSequence() {
			return retention.oldestSequence;
		},
	};
	const dropper = createNewestDropper(source, 1n, maxBytes);
	const push = (events: number) => {
		retention.push(new EventBatch(Buffer.concat(Array(events).fill(EVENT)), events, 0n), [], 0);
		dropper.fill();
	};
	return { dropper, push, retention, source };
}

test('what fits stays although the retention forgets it; what comes while it is full is dropped', () => {
	const { dropper, push } = setUp(10, 40);
	for (let i = 0; i < 10; i++) push(5);
	assert.equal(dropper.bytes, 40);
	const taken: bigint[] = [];
	for (let position = 1n; ; ) {
		const batch = dropper.batchAt(position);
		if (batch === undefined) break;
		const target = Buffer.alloc(10);
		batch.events.copy(target, 0);
		taken.push(batch.firstSequence);
		position = batch.firstSequence + BigInt(batch.events.eventCount);
	}
	assert.deepEqual(taken, [1n, 6n, 11n, 16n]);
	assert.equal(dropper.bytes, 0);
	// The other six batches are lost: what comes next is the next event.
	assert.equal(dropper.oldestSequence, 51n);
	push(5);
	assert.equal(dropper.batchAt(21n)?.firstSequence, 51n);
	assert.equal(dropper.oldestSequence, 51n);
});

test('a batch that alone is larger is taken when nothing waits', () => {
	const { dropper, push } = setUp(1_000, 8);
	push(50);
	push(1);
	assert.equal(dropper.bytes, 100);
	assert.equal(dropper.batchAt(51n), undefined);
	push(1);
	assert.equal(dropper.batchAt(51n)?.firstSequence, 52n);
});

test('events that were given up before it could take them are lost, up to those to come', () => {
	const { push, retention, source } = setUp(1_000, 100);
	push(5);
	retention.clear();
	const late = createNewestDropper(source, 3n, 100);
	late.fill();
	assert.equal(late.batchAt(3n), undefined);
	assert.equal(late.oldestSequence, 6n);
});

test('clear lets go of everything', () => {
	const { dropper, push } = setUp(1_000, 100);
	push(5);
	dropper.clear();
	assert.equal(dropper.bytes, 0);
	assert.equal(dropper.batchAt(1n), undefined);
});
