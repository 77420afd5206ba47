import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCliAccounting } from './cli-accounting.js';

test('parseCliAccounting says what is missing', () => {
	assert.throws(() => parseCliAccounting(''), {
		message: 'sonde trace printed no accounting: nothing at all',
	});
	assert.throws(() => parseCliAccounting('sonde: cannot reach a node'), {
		message: 'sonde trace printed no accounting: sonde: cannot reach a node',
	});
	assert.throws(() => parseCliAccounting('{"fired":12,"matched":11,"sent":10}'), { name: 'ZodError' });
});

test('parseCliAccounting reads the counts', () => {
	const line = '{"fired":12,"matched":11,"sent":10,"lost":1,"missed":null,"reason":"stopped"}';
	assert.deepEqual(parseCliAccounting(line), { fired: 12, matched: 11, sent: 10, lost: 1, missed: null });
});
