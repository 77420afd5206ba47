import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationFromNs, durationToNs, formatNs, nsToMs } from './duration.js';

test('durations become nanoseconds and back, also negative ones', () => {
	assert.equal(durationToNs({ seconds: -1n, nanos: -5 }), -1_000_000_005n);
	assert.deepEqual(durationFromNs(1_500_000_000n), { seconds: 1n, nanos: 500_000_000 });
});

test('formatNs takes the unit that a person would', () => {
	assert.equal(formatNs(20_000_000n), '20 ms');
	assert.equal(formatNs(-1_000_000_000n), '-1 s');
	assert.equal(formatNs(1_500_000_000n), '1.5 s');
	assert.equal(formatNs(3_600_000_000_000n), '3,600 s');
	assert.equal(formatNs(1n), '0.000001 ms');
});

test('nsToMs rounds up, so that a timer never fires early', () => {
	assert.equal(nsToMs(1n), 1);
	assert.equal(nsToMs(2_000_000n), 2);
});
