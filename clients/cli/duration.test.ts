import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, parseDuration } from './duration.js';

test('parseDuration refuses what has no unit, a sign or an unknown one', () => {
	for (const text of ['', '10', '-1s', '1d', 's', '1 s', '1e3s', '99999999999999999h']) {
		assert.throws(() => parseDuration(text), {
			name: 'RangeError',
			message: 'Give a number and a unit: 500ms, 10s, 5m or 1h.',
		});
	}
});

test('parseDuration gives milliseconds', () => {
	assert.deepEqual(
		['500ms', '1.5s', '10s', '5m', '1h'].map(parseDuration),
		[500, 1_500, 10_000, 300_000, 3_600_000],
	);
});

test('formatDuration takes the two units that matter', () => {
	const shown = [850, 12_000, 185_000, 7_200_000, 356_400_000].map(formatDuration);
	assert.deepEqual(shown, ['850ms', '12s', '3m05s', '2h00m', '4d03h']);
});
