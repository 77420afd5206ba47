import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReaders } from './readers.js';

test('the slowest reader counts; without one, the place where the slowest last was', () => {
	const readers = createReaders(() => {});
	assert.equal(readers.slowest, 1n);
	const fast = readers.join(1n, () => {});
	const slow = readers.join(1n, () => {});
	fast.advance(40n, 9n);
	slow.advance(19n, 0n);
	assert.equal(readers.slowest, 20n);
	assert.deepEqual(readers.progress, [
		{ start: 1n, sent: 40n, evicted: 9n },
		{ start: 1n, sent: 19n, evicted: 0n },
	]);
	slow.leave();
	slow.leave();
	slow.advance(30n, 0n);
	assert.equal(readers.count, 1);
	assert.equal(readers.slowest, 50n);
	fast.leave();
	assert.equal(readers.slowest, 50n);
	assert.equal(readers.count, 0);
	readers.join(30n, () => {});
	assert.equal(readers.slowest, 30n);
});

test('every reader is told, also two with the same function', () => {
	const readers = createReaders(() => {});
	let told = 0;
	const onChange = () => {
		told++;
	};
	readers.join(1n, onChange);
	readers.join(1n, onChange);
	readers.notify();
	assert.equal(told, 2);
});
