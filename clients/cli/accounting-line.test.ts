import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { AccountingSchema, EndReason } from '../typescript/index.js';
import { accountingJson, accountingLine, sumUp } from './accounting-line.js';

const accounting = create(AccountingSchema, {
	total: {
		fired: 100n,
		matched: 90n,
		rateLimited: 1n,
		ringFull: 2n,
		startLost: 3n,
		filterError: 4n,
		encoded: 80n,
	},
	subscription: { sent: 75n, evicted: 5n },
});

test('lost is the sum of all losses, and what the kernel does not count is unknown', () => {
	const end = sumUp(accounting, EndReason.STOPPED, 0n);
	assert.equal(accountingLine(end), 'fired=100 matched=90 sent=75 lost=15 missed=unknown');
	const json = JSON.parse(accountingJson(end));
	assert.deepEqual(
		[json.fired, json.sent, json.lost, json.missed, json.reason],
		[100, 75, 15, null, 'stopped'],
	);
	assert.equal(json.accounting.total.rejected, '0');
});

test('missed is shown where the kernel counts it', () => {
	const counted = create(AccountingSchema, { total: { missed: 7n } });
	assert.equal(
		accountingLine(sumUp(counted, EndReason.STOPPED, 3n)),
		'fired=0 matched=0 sent=3 lost=0 missed=7',
	);
});
