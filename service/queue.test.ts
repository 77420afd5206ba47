import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createQueue } from './queue.js';

test('what goes in comes out in the same order, also across many copies', () => {
	const queue = createQueue<number>();
	let pushed = 0;
	let taken = 0;
	for (let round = 0; round < 500; round++) {
		for (let i = 0; i < 7; i++) queue.push(pushed++);
		for (let i = 0; i < 6; i++) assert.equal(queue.shift(), taken++);
		assert.equal(queue.length, pushed - taken);
		assert.equal(queue.at(0), taken);
		assert.equal(queue.at(queue.length - 1), pushed - 1);
		assert.equal(queue.at(queue.length), undefined);
	}
	assert.deepEqual(
		queue.clear(),
		Array.from({ length: 500 }, (_, i) => taken + i),
	);
	assert.equal(queue.length, 0);
	assert.equal(queue.shift(), undefined);
	queue.push(1);
	assert.equal(queue.shift(), 1);
});
