import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadNative } from '../native.js';
import { createRetention } from './retention.js';

const { EventBatch } = loadNative();

const batch = (eventCount: number, bytes: number) => new EventBatch(Buffer.alloc(bytes), eventCount, 0n);

const bounds = (maxBytes: number, maxAgeMs = 1_000) => ({ maxBytes, maxAgeMs });

test('at finds the batch of any event, and nothing for one to come', () => {
	const retention = createRetention(bounds(1_000));
	for (let i = 0; i < 5; i++) retention.push(batch(10, 10), [], 0);
	assert.equal(retention.at(1n)?.firstSequence, 1n);
	assert.equal(retention.at(10n)?.firstSequence, 1n);
	assert.equal(retention.at(11n)?.firstSequence, 11n);
	assert.equal(retention.at(50n)?.firstSequence, 41n);
	assert.equal(retention.at(51n), undefined);
	assert.equal(retention.nextSequence, 51n);
});

test('the oldest batches go when there are too many bytes, and at gives the oldest that is left', () => {
	const retention = createRetention(bounds(100));
	for (let i = 0; i < 1_000; i++) retention.push(batch(2, 30), [], 0);
	assert.equal(retention.bytes, 90);
	assert.equal(retention.oldestSequence, 1_995n);
	assert.equal(retention.at(1n)?.firstSequence, 1_995n);
});

test('one batch is kept however large it is', () => {
	const retention = createRetention(bounds(100));
	retention.push(batch(1, 5_000), [], 0);
	assert.equal(retention.oldestSequence, 1n);
	retention.push(batch(1, 5_000), [], 0);
	assert.equal(retention.oldestSequence, 2n);
	assert.equal(retention.bytes, 5_000);
});

test('after clear, sequences go on', () => {
	const retention = createRetention(bounds(100));
	retention.push(batch(7, 10), [], 0);
	retention.clear();
	assert.equal(retention.bytes, 0);
	assert.equal(retention.oldestSequence, 8n);
	assert.equal(retention.at(7n), undefined);
	retention.push(batch(1, 10), [], 0);
	assert.equal(retention.at(1n)?.firstSequence, 8n);
});

test('what is forgotten is released', () => {
	const retention = createRetention(bounds(100));
	const batches = Array.from({ length: 3 }, () => batch(1, 60));
	for (const events of batches) retention.push(events, [], 0);
	const isReleased = (events: (typeof batches)[number]) => {
		try {
			events.copy(Buffer.alloc(60), 0);
			return false;
		} catch {
			return true;
		}
	};
	assert.deepEqual(batches.map(isReleased), [true, true, false]);
	retention.clear();
	assert.deepEqual(batches.map(isReleased), [true, true, true]);
});

test('batches go when they are too old, the last one too', () => {
	const retention = createRetention(bounds(1_000, 50));
	retention.push(batch(1, 10), [], 0);
	retention.push(batch(1, 10), [], 40);
	retention.evict(50);
	assert.equal(retention.oldestSequence, 1n);
	retention.evict(51);
	assert.equal(retention.oldestSequence, 2n);
	retention.evict(1_000);
	assert.equal(retention.bytes, 0);
	assert.equal(retention.at(2n), undefined);
	assert.equal(retention.oldestSequence, 3n);
});

test('what is pinned stays, however old and much it is', () => {
	const retention = createRetention(bounds(100, 50));
	retention.pinnedFrom = 1n;
	for (let i = 0; i < 10; i++) retention.push(batch(10, 60), [], 0);
	retention.evict(1_000);
	assert.equal(retention.bytes, 600);
	// In the middle of a batch: all of it is needed.
	retention.pinnedFrom = 35n;
	retention.evict(1_000);
	assert.equal(retention.oldestSequence, 31n);
	retention.pinnedFrom = undefined;
	retention.evict(0);
	assert.equal(retention.bytes, 60);
});

test('of what is before the pinned events, as many bytes stay as without them', () => {
	const retention = createRetention(bounds(100));
	retention.pinnedFrom = 1n;
	for (let i = 0; i < 10; i++) retention.push(batch(10, 30), [], 0);
	retention.pinnedFrom = 61n;
	retention.evict(0);
	assert.equal(retention.oldestSequence, 31n);
	assert.equal(retention.bytes, 210);
});

test('bytesFrom counts whole batches', () => {
	const retention = createRetention(bounds(1_000));
	for (let i = 0; i < 3; i++) retention.push(batch(10, 100 + i), [], 0);
	assert.equal(retention.bytesFrom(1n), 303);
	assert.equal(retention.bytesFrom(11n), 203);
	assert.equal(retention.bytesFrom(20n), 203);
	assert.equal(retention.bytesFrom(30n), 102);
	assert.equal(retention.bytesFrom(31n), 0);
});

test('smaller bounds apply at once', () => {
	const retention = createRetention(bounds(1_000));
	for (let i = 0; i < 5; i++) retention.push(batch(1, 100), [], 0);
	retention.bounds = bounds(250);
	retention.evict(0);
	assert.equal(retention.bytes, 200);
});
