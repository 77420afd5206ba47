import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartTraceRequest, UpdateTraceRequest } from '../gen/sonde/v1/trace_service.js';
import { DEFAULT_NODE_LIMITS } from './node-limits.js';
import { parseSettings } from './settings.js';
import { checkGeneration, parseUpdate } from './update.js';

const probes = [{ probe: 'file.open', filter: '', sampling: undefined, options: undefined }];
const empty = StartTraceRequest.decode(new Uint8Array());
const settings = parseSettings({ ...empty, probes: [...probes, ...probes] }, DEFAULT_NODE_LIMITS);
const request = UpdateTraceRequest.decode(new Uint8Array());
const parse = (changes: Partial<UpdateTraceRequest>) =>
	parseUpdate({ ...request, ...changes }, settings, DEFAULT_NODE_LIMITS);

test('what is absent stays as it is', () => {
	const { eventsPerSecond, maxEvents, cpuBudgetPermille, retentionBytes, retentionAgeNs } = settings;
	assert.deepEqual(parse({}), {
		...{ eventsPerSecond, maxEvents, cpuBudgetPermille, retentionBytes, retentionAgeNs },
		probes: settings.probes,
		filter: '',
		leaseNs: undefined,
	});
});

test('a limit, a lease and the sampling of one probe change', () => {
	const sampling = { sampleOneIn: 8, mode: 0 };
	const update = parse({
		limits: { eventsPerSecond: 0, retentionAge: { seconds: 5n, nanos: 0 } },
		lease: { seconds: 9n, nanos: 0 },
		probes: [{ probeIndex: 1, filter: undefined, sampling }],
	});
	assert.equal(update.eventsPerSecond, 0);
	assert.equal(update.retentionAgeNs, 5_000_000_000n);
	assert.equal(update.retentionBytes, settings.retentionBytes);
	assert.equal(update.leaseNs, 9_000_000_000n);
	assert.deepEqual(
		update.probes.map(({ sampling: { oneIn } }) => oneIn),
		[1, 8],
	);
});

test('what cannot be changed, or is not there, is refused with its field', () => {
	const retentionAge = undefined;
	assert.throws(() => parse({ limits: { ringBytes: 65_536, retentionAge } }), {
		message: /^limits\.ring_bytes cannot be changed/,
	});
	assert.throws(() => parse({ probes: [{ probeIndex: 2, filter: undefined, sampling: undefined }] }), {
		message: 'probes[0].probe_index is 2, must be 0 to 1',
	});
	assert.throws(() => parse({ lease: { seconds: 0n, nanos: 1 } }), { reason: 'INVALID_FIELD' });
});

test('an update of settings that have changed since is refused', () => {
	checkGeneration(0n, 7n);
	checkGeneration(7n, 7n);
	assert.throws(() => checkGeneration(6n, 7n), { reason: 'GENERATION_MISMATCH' });
});
