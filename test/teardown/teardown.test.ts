import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startChild } from '../e2e/child.js';

const TEARDOWN = fileURLToPath(new URL('teardown.js', import.meta.url));

// Where traces end by themselves, and where threads of the addon are at work for them.
const MOMENTS = ['opening', 'running', 'stopping'];
const DELAYS_MS = [0, 20, 100];

for (const moment of MOMENTS) {
	test(`a process ends cleanly while traces are ${moment}`, async (t) => {
		for (const delay of DELAYS_MS) {
			const child = startChild(t, process.execPath, [TEARDOWN, moment, 'process', String(delay)]);
			const { code, signal, stderr } = await child.ended;
			assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
		}
	});

	test(`a worker ends cleanly while traces are ${moment}, and the process lives on without them`, async (t) => {
		for (const delay of DELAYS_MS) {
			const child = startChild(t, process.execPath, [TEARDOWN, moment, 'worker', String(delay)]);
			assert.deepEqual(await child.ended, {
				code: 0,
				signal: null,
				stdout: '0 programs are left\n',
				stderr: '',
			});
		}
	});
}
