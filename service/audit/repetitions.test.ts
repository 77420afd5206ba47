import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEntry } from './audit-entry.js';
import { createRepetitions } from './repetitions.js';

const LIMITS = { periodMs: 0, linesOfAddress: 3, lines: 8, addresses: 2 };
const now = new Date('2030-01-01T00:00:00Z');

function denial(address: string, change: Partial<AuditEntry> = {}): AuditEntry {
	return {
		event: 'denied',
		address,
		outcome: 'RPC_NOT_ALLOWED',
		principal: 'x509:CN=a',
		method: 'a/B',
		...change,
	};
}

test('beyond the limit of an address, whatever its port, only the sum is written', () => {
	const repetitions = createRepetitions(LIMITS);
	const admitted = Array.from({ length: 10 }, (_, port) =>
		repetitions.admit(denial(`10.0.0.1:${port}`), now),
	);
	assert.deepEqual(admitted, [...Array(3).fill(true), ...Array(7).fill(false)]);
	// Another event of it, and another address.
	assert.ok(repetitions.admit(denial('10.0.0.1:1', { event: 'login_failed' }), now));
	assert.ok(repetitions.admit(denial('::1:1'), now));
	const [sum, ...others] = repetitions.sums();
	assert.deepEqual([sum?.address, sum?.event, sum?.repeated, others], ['10.0.0.1', 'denied', 7, []]);
	assert.deepEqual(repetitions.sums(), []);
	assert.ok(repetitions.admit(denial('10.0.0.1:1'), now));
});

test('a sum says what all of it have in common', () => {
	const repetitions = createRepetitions({ ...LIMITS, lines: 0 });
	repetitions.admit(denial('a', { request: { a: 1 } }), now);
	repetitions.admit(denial('a', { outcome: 'NOT_OWNER', principal: 'x509:CN=b' }), new Date());
	const [sum] = repetitions.sums();
	assert.deepEqual(
		[sum?.method, sum?.principal, sum?.outcome, sum?.request, sum?.since, sum?.repeated],
		['a/B', undefined, 'several', undefined, now, 2],
	);
});

test('with many addresses there is a limit of all, and the sums are bounded and complete', () => {
	const repetitions = createRepetitions(LIMITS);
	let written = 0;
	for (let i = 0; i < 3000; i++) if (repetitions.admit(denial(`10.0.${i >> 8}.${i & 255}:7`), now)) written++;
	const sums = repetitions.sums();
	assert.equal(written, 8);
	assert.deepEqual(
		sums.map(({ address, repeated }) => [address, repeated]),
		[
			['10.0.0.8', 1],
			['10.0.0.9', 1],
			['several', 2990],
		],
	);
});
