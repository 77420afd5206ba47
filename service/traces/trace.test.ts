import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testUser } from '../auth/test-caller.js';
import { NO_FILTER, nativeFilter } from '../filter/native-filter.js';
import { EndReason, TraceState } from '../gen/sonde/v1/trace.js';
import { StartTraceRequest } from '../gen/sonde/v1/trace_service.js';
import { NOTHING_WITHHELD } from '../metadata/withheld.js';
import { loadNative } from '../native.js';
import { grantOf } from './grant.js';
import { DEFAULT_NODE_LIMITS } from './node-limits.js';
import { parseSettings } from './settings.js';
import { createTrace } from './trace.js';

/** A trace of a probe whose object is none. */
function brokenTrace(onEnd: () => void = () => {}) {
	const request = StartTraceRequest.decode(new Uint8Array());
	const native = loadNative();
	const probe = {
		programs: {
			object: Buffer.from('no object'),
			...{
				attachPoints: ['tracepoint/syscalls/sys_exit_openat'],
				keepArguments: false,
				uprobeMulti: false,
				generation: 1,
				constants: [],
			},
			filter: nativeFilter(NO_FILTER),
		},
		plan: {
			steps: [{ op: 'ktime', offset: 0, tag: 9 } as const],
			subject: { startBoottime: 0, cgroup: 0, tgid: 0, uid: 0 },
		},
		sampling: { oneIn: 1, processSalt: 0 },
	};
	return createTrace({
		identity: testUser('tester').identity,
		grant: grantOf(testUser('tester').roles[0], DEFAULT_NODE_LIMITS),
		settings: parseSettings(
			{ ...request, probes: [{ probe: 'file.open', filter: '', sampling: undefined, options: undefined }] },
			DEFAULT_NODE_LIMITS,
		),
		filters: [],
		reportsMisses: false,
		mentionsOf: () => [],
		withheld: NOTHING_WITHHELD,
		onEnd,
		createNative: (onBatch) =>
			new native.Trace(
				{
					probes: [probe],
					...{
						ringCount: 1,
						ringBytes: 65_536,
						eventsPerSecond: 0,
						maxEvents: 0n,
						eventsField: 8,
						wantsSubjects: false,
					},
					batch: { maxEvents: 1, maxBytes: 1_024, maxDelayNs: 1_000_000 },
				},
				onBatch,
			),
	});
}

test('whoever reads a trace while it cannot be started is told so', async () => {
	const trace = brokenTrace();
	const states: TraceState[] = [];
	const reader = trace.subscribe(1n, () => states.push(trace.state));
	await assert.rejects(trace.open(), { code: 'INVALID_OBJECT' });
	assert.equal(trace.state, TraceState.ENDED);
	assert.equal(trace.end?.reason, EndReason.FAILED);
	assert.match(trace.end?.detail ?? '', /object/);
	assert.equal(states.at(-1), TraceState.ENDED);
	assert.notEqual(trace.endUnixNano, 0n);
	assert.equal(trace.snapshot().accounting.total?.fired, 0n);
	reader.leave();
	trace.release();
	await trace.stop({ reason: EndReason.STOPPED, detail: '' });
	assert.equal(trace.end?.reason, EndReason.FAILED);
});

test('a trace that is stopped while it cannot be started ends once', async () => {
	let ends = 0;
	const trace = brokenTrace(() => ends++);
	const opening = assert.rejects(trace.open());
	await trace.stop({ reason: EndReason.STOPPED, detail: '' });
	await opening;
	assert.equal(trace.state, TraceState.ENDED);
	assert.equal(trace.end?.reason, EndReason.FAILED);
	assert.equal(ends, 0);
	trace.release();
});
