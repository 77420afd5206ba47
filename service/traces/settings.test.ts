import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backpressure } from '../gen/sonde/v1/trace.js';
import { StartTraceRequest } from '../gen/sonde/v1/trace_service.js';
import { parseSettings } from './settings.js';

const request = StartTraceRequest.decode(new Uint8Array());
const probes = [{ probe: 'file.open', filter: '', sampling: undefined }];

test('all defaults are filled in', () => {
	assert.deepEqual(parseSettings({ ...request, probes }), {
		probes: [{ probe: 'file.open', sampleOneIn: 1 }],
		eventsPerSecond: 500_000,
		ringBytes: 8_388_608,
		retentionBytes: 33_554_432,
		batch: { maxEvents: 4_096, maxBytes: 131_072, maxDelayNs: 20_000_000n },
		leaseNs: 60_000_000_000n,
		maxDurationNs: 3_600_000_000_000n,
	});
});

test('ring_bytes is rounded up to a power of two', () => {
	const limits = (ringBytes: number) =>
		parseSettings({ ...request, probes, limits: { ringBytes } }).ringBytes;
	assert.equal(limits(65_536), 65_536);
	assert.equal(limits(65_537), 131_072);
	assert.equal(limits(268_435_456), 268_435_456);
});

test('an enum value of a later version is refused', () => {
	assert.throws(() => parseSettings({ ...request, probes, backpressure: Backpressure.UNRECOGNIZED }), {
		message: 'backpressure is -1, must be BACKPRESSURE_DROP_OLDEST',
	});
});

// The whole list of what is refused is in test/e2e/bad-requests.test.ts.
