import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLoginDelay, delayAfter, networkOf } from './login-delay.js';

test('the delay grows from the sixth failure on, up to ten seconds', () => {
	assert.deepEqual(
		[1, 5, 6, 7, 8, 12, 13, 1_000].map(delayAfter),
		[0, 0, 100, 200, 400, 6_400, 10_000, 10_000],
	);
});

test('an address is one network', () => {
	assert.equal(networkOf('10.0.0.1:5000'), '10.0.0.1');
	assert.equal(networkOf('::ffff:10.0.0.1:5000'), '10.0.0.1');
	assert.equal(networkOf('2001:db8:0:1:aaaa::1:443'), networkOf('2001:db8:0:1::2:444'));
	assert.notEqual(networkOf('2001:db8:0:1::1:443'), networkOf('2001:db8:0:2::1:443'));
	assert.equal(networkOf('::1:443'), networkOf('::1:80'));
	assert.equal(networkOf('unix:uid=7,gid=7,pid=1#2'), 'unix:uid=7');
});

test('answers of one address wait, up to a number; those of another do not', () => {
	const delay = createLoginDelay(10_000, () => 0);
	const said: string[] = [];
	for (let i = 0; i < 60; i++)
		delay.failed(
			'10.0.0.1:1',
			() => said.push('answer'),
			() => said.push('too many'),
		);
	assert.deepEqual(said, [...Array(5).fill('answer'), ...Array(60 - 5 - 32).fill('too many')]);
	delay.failed(
		'10.0.0.2:1',
		() => said.push('other'),
		() => said.push('too many'),
	);
	assert.equal(said.at(-1), 'other');
});

test('failures are forgotten after a time without any', () => {
	let nowMs = 0;
	const delay = createLoginDelay(10_000, () => nowMs);
	let answers = 0;
	const fail = () =>
		delay.failed(
			'10.0.0.1:1',
			() => answers++,
			() => undefined,
		);
	for (let i = 0; i < 10; i++) fail();
	assert.equal(answers, 5);
	nowMs = 300_001;
	fail();
	assert.equal(answers, 6);
});
