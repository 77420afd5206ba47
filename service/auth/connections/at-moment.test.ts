import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterMoment } from './at-moment.js';

test('afterMoment calls when the moment has passed, and not within it', async () => {
	const moment = new Date(Date.now() + 20);
	const keepAlive = setInterval(() => {}, 1_000);
	await new Promise<void>((resolve) => afterMoment(moment, resolve));
	clearInterval(keepAlive);
	assert.ok(Date.now() > moment.getTime());
});

test('afterMoment calls for a moment that is gone, but not before it has returned', async () => {
	let hasReturned = false;
	const keepAlive = setInterval(() => {}, 1_000);
	await new Promise<void>((resolve) => {
		afterMoment(new Date(0), () => {
			assert.ok(hasReturned);
			resolve();
		});
		hasReturned = true;
	});
	clearInterval(keepAlive);
});

test('afterMoment neither calls for what was taken back, nor years early', async () => {
	const calls: string[] = [];
	afterMoment(new Date(0), () => calls.push('taken back'))();
	// Longer than a timer can be set for.
	const forget = afterMoment(new Date('2999-01-01'), () => calls.push('early'));
	await new Promise((resolve) => setTimeout(resolve, 50));
	forget();
	assert.deepEqual(calls, []);
});
