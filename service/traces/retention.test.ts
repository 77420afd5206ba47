import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadNative } from '../native.js';
import { createRetention } from './retention.js';

const { EventBatch } = loadNative();

const batch = (eventCount: number, bytes: number) => new EventBatch(Buffer.alloc(bytes), eventCount, 0n);

test('at finds the batch of any event, and nothing for one to come', () => {
	const retention = createRetention(1_000);
	for (let i = 0; i < 5; i++) retention.push(batch(10, 10));
	assert.equal(retention.at(1n)?.firstSequence, 1n);
	assert.equal(retention.at(10n)?.firstSequence, 1n);
	assert.equal(retention.at(11n)?.firstSequence, 11n);
	assert.equal(retention.at(50n)?.firstSequence, 41n);
	assert.equal(retention.at(51n), undefined);
	assert.equal(retention.nextSequence, 51n);
});

test('the oldest batches go when there are too many bytes, and at gives the oldest that is left', () => {
	const retention = createRetention(100);
	for (let i = 0; i < 1_000; i++) retention.push(batch(2, 30));
	assert.equal(retention.bytes, 90);
	assert.equal(retention.oldestSequence, 1_995n);
	assert.equal(retention.at(1n)?.firstSequence, 1_995n);
});

test('one batch is kept however large it is', () => {
	const retention = createRetention(100);
	retention.push(batch(1, 5_000));
	assert.equal(retention.oldestSequence, 1n);
	retention.push(batch(1, 5_000));
	assert.equal(retention.oldestSequence, 2n);
	assert.equal(retention.bytes, 5_000);
});

test('after clear, sequences go on', () => {
	const retention = createRetention(100);
	retention.push(batch(7, 10));
	retention.clear();
	assert.equal(retention.bytes, 0);
	assert.equal(retention.oldestSequence, 8n);
	assert.equal(retention.at(7n), undefined);
	retention.push(batch(1, 10));
	assert.equal(retention.at(1n)?.firstSequence, 8n);
});

test('what is forgotten is released', () => {
	const retention = createRetention(100);
	const batches = Array.from({ length: 3 }, () => batch(1, 60));
	for (const events of batches) retention.push(events);
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
