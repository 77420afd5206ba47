import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainListenFailure } from './listen-error.js';

const failure = (code: string) => Object.assign(new Error('failed'), { code });

test('explainListenFailure says what to do', () => {
	const messages = {
		EADDRINUSE: 'port 80 on a is taken; stop what listens there or choose another with --listen HOST:PORT',
		EADDRNOTAVAIL: 'this host has no address a; choose one of its own with --listen HOST:PORT',
		EACCES:
			'no permission to listen on port 80 of a; run as root or choose a port above 1023 with --listen HOST:PORT',
		ENOTFOUND: 'the host name a cannot be resolved; choose another with --listen HOST:PORT',
		EOTHER: 'cannot listen on a port 80: Error: failed',
	};
	for (const [code, message] of Object.entries(messages)) {
		const cause = failure(code);
		const error = explainListenFailure(cause, 'a', 80);
		assert.deepEqual([error.message, error.cause], [message, cause]);
	}
});
