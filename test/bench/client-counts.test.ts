import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseClientCounts } from './client-counts.js';

const ACCOUNTING = 'fired=12 matched=11 sent=10 lost=1\n';

test('parseClientCounts says what is missing', () => {
	assert.throws(() => parseClientCounts('10\n', ''), {
		message: 'sonde trace printed no accounting with "fired=": nothing at all',
	});
	assert.throws(() => parseClientCounts('10\n', 'cannot reach a node\n'), {
		message: 'sonde trace printed no accounting with "fired=": cannot reach a node',
	});
	assert.throws(() => parseClientCounts('10\n', 'fired=12 matched=11 sent=10\n'), {
		message: 'sonde trace printed no "lost": fired=12 matched=11 sent=10',
	});
	assert.throws(() => parseClientCounts('\n', ACCOUNTING), { message: 'sonde trace printed no total: ""' });
});

test('parseClientCounts reads the last line of each', () => {
	const expected = { fired: 12, matched: 11, sent: 10, lost: 1, counted: 10 };
	const early = 'tracing\nfired=1 matched=1 sent=1 lost=0\n';
	assert.deepEqual(parseClientCounts('5\n10 events\n', `${early}${ACCOUNTING}bye\n`), expected);
	const json = '{"fired":"12", "matched": 11,"sent":10,"lost":1,"unsent":3}';
	assert.deepEqual(parseClientCounts('{"events":10}\n', json), expected);
});
