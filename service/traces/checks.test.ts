import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createChecks } from './checks.js';

test('one caller may have four checks at the same time, also after some have failed', async () => {
	const checks = createChecks();
	const waiting: (() => void)[] = [];
	const work = () => new Promise<void>((resolve) => waiting.push(resolve));
	const running = Array.from({ length: 4 }, () => checks.run('a', work));
	await assert.rejects(checks.run('a', work), { reason: 'TOO_MANY_REQUESTS' });
	const other = checks.run('b', work);
	for (const resolve of waiting) resolve();
	await Promise.all([...running, other]);
	for (let i = 0; i < 8; i++) {
		await assert.rejects(
			checks.run('a', async () => {
				throw new Error('wrong');
			}),
			{ message: 'wrong' },
		);
	}
	assert.equal(await checks.run('a', async () => 5), 5);
});
