import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSchedstat, readThreadsCpuNs } from './cpu-time.js';

test('parseSchedstat refuses what is no such line', () => {
	for (const text of ['', '12', '1.5 2 3', 'x 2 3', '1 2 3 4']) {
		assert.throws(() => parseSchedstat(text), {
			message: `no CPU time in the schedstat line "${text}"`,
		});
	}
});

test('parseSchedstat reads the first number', () => {
	assert.equal(parseSchedstat('328336407 337081007 231\n'), 328_336_407);
});

test('readThreadsCpuNs reads this process', async () => {
	assert.ok((await readThreadsCpuNs(process.pid)) > 0);
});
