import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAvailable, orNotAvailable } from './row.js';

function createFakeProcesses() {
	const fake = {
		closed: 0,
		start: () => Promise.reject(new Error('starts nothing')),
		run: () => Promise.reject(new Error('runs nothing')),
		close: async () => {
			fake.closed++;
		},
	};
	return fake;
}

test('orNotAvailable ends what had been started and keeps both ends of the reason', async () => {
	const processes = createFakeProcesses();
	const failing = Promise.reject(new Error('bpftrace ended with status 1: WARNING: a\nWARNING: b\nERROR: c'));
	const result = await orNotAvailable(processes, failing, new AbortController().signal);
	assert.deepEqual(result, { unavailable: 'bpftrace ended with status 1: WARNING: a … ERROR: c' });
	assert.ok(!isAvailable(result));
	assert.equal(processes.closed, 1);
});

test('orNotAvailable does not take the end of the run for a result', async () => {
	const processes = createFakeProcesses();
	const reason = new Error('ended by SIGINT');
	const failing = Promise.reject(new Error('The operation was aborted'));
	await assert.rejects(orNotAvailable(processes, failing, AbortSignal.abort(reason)), reason);
});

test('orNotAvailable gives what was measured', async () => {
	const processes = createFakeProcesses();
	const result = await orNotAvailable(processes, Promise.resolve({ value: 1 }), new AbortController().signal);
	assert.deepEqual(result, { value: 1 });
	assert.equal(processes.closed, 0);
});
