import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Record } from '../gen/sonde/v1/record.js';
import { createIntroductions } from './introductions.js';

function user(uid: number, name = ''): Record {
	return { kind: { $case: 'user', value: { uid, name } } };
}

test('each thing is said once, when it is known', () => {
	const introductions = createIntroductions();
	let known: Record | undefined;
	const late = { record: () => known };
	const early = { record: () => user(1) };
	assert.deepEqual(introductions.take([early, late]), [user(1)]);
	assert.equal(introductions.isWaiting, true);
	assert.deepEqual(introductions.take([early, late]), []);
	known = user(2);
	assert.deepEqual(introductions.take([]), [user(2)]);
	assert.equal(introductions.isWaiting, false);
	assert.deepEqual(introductions.take([early, late]), []);
});

test('a message waits for what is not known, but not for long', async () => {
	const introductions = createIntroductions();
	let known: Record | undefined;
	const late = { record: () => known };
	assert.equal(introductions.mayWaitFor([]), false);
	assert.equal(introductions.mayWaitFor([late]), true);
	await new Promise((resolve) => setTimeout(resolve, 30));
	assert.equal(introductions.mayWaitFor([late]), false);
	assert.equal(introductions.mayWaitFor([late]), true, 'the next message');
	known = user(1);
	assert.equal(introductions.mayWaitFor([late]), false);
});

test('what does not fit comes with the next message', () => {
	const introductions = createIntroductions();
	const mentions = Array.from({ length: 10 }, (_, i) => ({ record: () => user(i + 1, 'x'.repeat(200_000)) }));
	const counts = [];
	for (let taken = introductions.take(mentions); taken.length > 0; taken = introductions.take([])) {
		counts.push(taken.length);
	}
	assert.deepEqual(counts, [3, 3, 3, 1]);
});
