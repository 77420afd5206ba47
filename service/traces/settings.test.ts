import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backpressure } from '../gen/sonde/v1/trace.js';
import { StartTraceRequest } from '../gen/sonde/v1/trace_service.js';
import { DEFAULT_NODE_LIMITS } from './node-limits.js';
import { parseSettings } from './settings.js';

const request = StartTraceRequest.decode(new Uint8Array());
const probes = [{ probe: 'file.open', filter: '', sampling: undefined, options: undefined }];

const parse = (changes: Partial<StartTraceRequest>) =>
	parseSettings({ ...request, probes, ...changes }, DEFAULT_NODE_LIMITS);

test('all defaults are filled in', () => {
	const { salt, ...settings } = parse({});
	assert.ok(salt > 0);
	assert.deepEqual(settings, {
		requestId: '',
		probes: [{ probe: 'file.open', filter: '', sampling: { oneIn: 1, processSalt: 0 }, options: undefined }],
		filter: '',
		eventsPerSecond: 500_000,
		maxEvents: 0n,
		cpuBudgetPermille: 50,
		ringBytes: 8_388_608,
		retentionBytes: 33_554_432,
		retentionAgeNs: 60_000_000_000n,
		batch: { maxEvents: 4_096, maxBytes: 131_072, maxDelayNs: 20_000_000n },
		backpressure: Backpressure.DROP_OLDEST,
		metadata: false,
		leaseNs: 60_000_000_000n,
		maxDurationNs: 3_600_000_000_000n,
	});
});

test('ring_bytes is rounded up to a power of two', () => {
	const limits = (ringBytes: number) => parse({ limits: { ringBytes, retentionAge: undefined } }).ringBytes;
	assert.equal(limits(65_536), 65_536);
	assert.equal(limits(65_537), 131_072);
	assert.equal(limits(268_435_456), 268_435_456);
});

test('an enum value of a later version is refused', () => {
	assert.throws(() => parse({ backpressure: Backpressure.UNRECOGNIZED }), {
		message: /^backpressure is -1, must be BACKPRESSURE_DROP_OLDEST or BACKPRESSURE_PAUSE/,
	});
});

test('what a stream chooses is not for a trace', () => {
	assert.throws(() => parse({ backpressure: Backpressure.DROP_NEWEST }), { reason: 'INVALID_FIELD' });
	assert.equal(parse({ backpressure: Backpressure.PAUSE }).backpressure, Backpressure.PAUSE);
});

test('the configuration of the node bounds lease and duration', () => {
	const lease = { fallback: 2_000_000_000n, min: 1_000_000_000n, max: 3_000_000_000n };
	const limits = { ...DEFAULT_NODE_LIMITS, lease };
	assert.equal(parseSettings({ ...request, probes }, limits).leaseNs, 2_000_000_000n);
	assert.throws(() => parseSettings({ ...request, probes, lease: { seconds: 4n, nanos: 0 } }, limits), {
		message: 'lease is 4 s, must be 1 s to 3 s',
	});
});

// The whole list of what is refused is in test/e2e/bad-requests.test.ts.
