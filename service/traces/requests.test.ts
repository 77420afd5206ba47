import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRequestLog } from './requests.js';
import type { Trace } from './trace.js';

const key = { owner: 'a', requestId: 'r' };
const bytes = (text: string) => Buffer.from(text);
// Only their identity matters here.
const trace = () => ({}) as Trace;

test('the same request gives the same trace, also while it is being started', async () => {
	const log = createRequestLog();
	let started = 0;
	const start = async () => {
		started++;
		return trace();
	};
	const [one, two] = await Promise.all([log.once(key, bytes('x'), start), log.once(key, bytes('x'), start)]);
	assert.equal(one, two);
	assert.equal(await log.once(key, bytes('x'), start), one);
	assert.equal(started, 1);
	log.forget(key);
	assert.notEqual(await log.once(key, bytes('x'), start), one);
});

test('another request with the same id is refused; that of another caller is not', async () => {
	const log = createRequestLog();
	const first = await log.once(key, bytes('x'), async () => trace());
	await assert.rejects(
		log.once(key, bytes('y'), async () => trace()),
		{ reason: 'REQUEST_ID_REUSED' },
	);
	assert.notEqual(await log.once({ ...key, owner: 'b' }, bytes('y'), async () => trace()), first);
});

test('a request that failed may be tried again', async () => {
	const log = createRequestLog();
	await assert.rejects(
		log.once(key, bytes('x'), () => Promise.reject(new Error('no'))),
		{ message: 'no' },
	);
	await log.once(key, bytes('y'), async () => trace());
});

test('without an id every request is a new one', async () => {
	const log = createRequestLog();
	const none = { owner: 'a', requestId: '' };
	const first = await log.once(none, bytes('x'), async () => trace());
	assert.notEqual(await log.once(none, bytes('x'), async () => trace()), first);
});
