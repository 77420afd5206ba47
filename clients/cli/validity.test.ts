import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseValidity } from './validity.js';

test('parseValidity refuses what is no time, nothing, or too long', () => {
	const message = 'Give 1s to 3650d: a whole number and s, m, h or d.';
	for (const text of ['', '0s', '90', 'd', '1.5h', '-1d', '3651d', '87601h', '1w', '9999999999999d']) {
		assert.throws(() => parseValidity(text), new RangeError(message), text);
	}
});

test('parseValidity reads seconds to days', () => {
	assert.deepEqual(
		['1s', '2m', '3h', '90d', '3650d'].map(parseValidity),
		[1_000, 120_000, 10_800_000, 7_776_000_000, 315_360_000_000],
	);
});
