import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequestRate } from './request-rate.js';

test('a burst passes, then what the rate gives back, for each principal alone', () => {
	let nowMs = 0;
	const rate = createRequestRate(10, () => nowMs);
	const takes = (principal: string, count: number) =>
		Array.from({ length: count }, () => rate.take(principal)).filter(Boolean).length;
	assert.equal(takes('a', 30), 20);
	assert.equal(takes('b', 5), 5);
	nowMs = 500;
	assert.equal(takes('a', 30), 5);
	nowMs = 60_000;
	assert.equal(takes('a', 30), 20);
});

test('the longest silent principal is forgotten first, not the busy one', () => {
	const rate = createRequestRate(1, () => 0);
	rate.take('busy');
	for (let i = 0; i < 20_000; i++) {
		rate.take(`p${i}`);
		if (i % 5_000 === 0) rate.take('busy');
	}
	assert.equal(rate.take('busy'), false);
});
