import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReaders } from './readers.js';

test('the slowest reader counts; without one, the place where the slowest last was', () => {
	const readers = createReaders(() => {});
	assert.equal(readers.slowest, 1n);
	const fast = readers.join(1n, () => {});
	const slow = readers.join(1n, () => {});
	fast.advance(50n);
	slow.advance(20n);
	assert.equal(readers.slowest, 20n);
	slow.leave();
	slow.leave();
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
