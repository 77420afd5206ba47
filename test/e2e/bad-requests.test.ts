import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backpressure, Code, type SamplingMode } from '../../clients/typescript/index.js';
import { traceIds } from './cli-trace.js';
import { failure } from './failure.js';
import { sharedNode, type TestNode } from './node.js';

const probes = [{ probe: 'file.open' }];
const UNKNOWN_ID = '0123456789abcdef0123456789abcdef';

type Start = Parameters<TestNode['client']['startTrace']>[0];

const STARTS: readonly {
	readonly name: string;
	readonly request: Start;
	readonly code?: Code;
	readonly reason?: string;
	readonly field: string;
	readonly message: string;
}[] = [
	{
		name: 'an unknown probe',
		request: { probes: [{ probe: 'file.opne' }] },
		reason: 'UNKNOWN_PROBE',
		field: 'probes[0].probe',
		message:
			'probes[0].probe is "file.opne", must be the id of a probe that ListProbes gives; did you mean "file.open"?',
	},
	{
		name: 'a probe without a name',
		request: { probes: [{}] },
		field: 'probes[0].probe',
		message: 'probes[0].probe is "", must be the id of a probe, 1 to 128 bytes',
	},
	{ name: 'no probe', request: {}, field: 'probes', message: 'probes has 0 entries, must have 1 to 16' },
	{
		name: '10,000 probes',
		request: { probes: Array.from({ length: 10_000 }, () => ({ probe: 'file.open' })) },
		field: 'probes',
		message: 'probes has 10,000 entries, must have 1 to 16',
	},
	{
		name: 'a batch size of 0',
		request: { probes, batch: { maxEvents: 0 } },
		field: 'batch.max_events',
		message: 'batch.max_events is 0, must be 1 to 65,536',
	},
	{
		name: 'a batch size of 2^31',
		request: { probes, batch: { maxEvents: 2 ** 31 } },
		field: 'batch.max_events',
		message: 'batch.max_events is 2,147,483,648, must be 1 to 65,536',
	},
	{
		name: 'a batch of too few bytes',
		request: { probes, batch: { maxBytes: 100 } },
		field: 'batch.max_bytes',
		message: 'batch.max_bytes is 100, must be 8,192 to 2,097,152',
	},
	{
		name: 'a negative delay',
		request: { probes, batch: { maxDelay: { seconds: -1n } } },
		field: 'batch.max_delay',
		message: 'batch.max_delay is -1 s, must be 0 s to 10 s',
	},
	{
		name: 'a ring that is too large',
		request: { probes, limits: { ringBytes: 2 ** 30 } },
		field: 'limits.ring_bytes',
		message: 'limits.ring_bytes is 1,073,741,824, must be 65,536 to 268,435,456',
	},
	{
		name: 'a rate that is too high',
		request: { probes, limits: { eventsPerSecond: 10_000_001 } },
		field: 'limits.events_per_second',
		message: 'limits.events_per_second is 10,000,001, must be 0 to 10,000,000',
	},
	{
		name: 'a budget of more than a core',
		request: { probes, limits: { cpuBudgetPermille: 1_001 } },
		field: 'limits.cpu_budget_permille',
		message: 'limits.cpu_budget_permille is 1,001, must be 0 to 1,000',
	},
	{
		name: 'an event limit of 2^63',
		request: { probes, limits: { maxEvents: 2n ** 63n } },
		field: 'limits.max_events',
		message: 'limits.max_events is 9,223,372,036,854,775,808, must be 0 to 9,223,372,036,854,775,807',
	},
	{
		name: 'events kept for two days',
		request: { probes, limits: { retentionAge: { seconds: 172_800n } } },
		field: 'limits.retention_age',
		message: 'limits.retention_age is 172,800 s, must be 1 s to 86,400 s',
	},
	{
		name: 'the backpressure of a stream',
		request: { probes, backpressure: Backpressure.DROP_NEWEST },
		field: 'backpressure',
		message:
			'backpressure is "BACKPRESSURE_DROP_NEWEST", must be BACKPRESSURE_DROP_OLDEST or BACKPRESSURE_PAUSE (a stream may choose BACKPRESSURE_DROP_NEWEST)',
	},
	{
		name: 'a long request id',
		request: { probes, requestId: 'x'.repeat(129) },
		field: 'request_id',
		message: `request_id is "${'x'.repeat(128)}"…, must be at most 128 bytes`,
	},
	{
		name: 'a lease of a day',
		request: { probes, lease: { seconds: 86_400n } },
		field: 'lease',
		message: 'lease is 86,400 s, must be 1 s to 3,600 s',
	},
	{
		name: 'a duration of 0',
		request: { probes, maxDuration: {} },
		field: 'max_duration',
		message: 'max_duration is 0 s, must be 1 s to 86,400 s',
	},
	{
		name: 'sampling out of range',
		request: { probes: [{ probe: 'file.open', sampling: { sampleOneIn: 2_000_000 } }] },
		field: 'probes[0].sampling.sample_one_in',
		message: 'probes[0].sampling.sample_one_in is 2,000,000, must be 1 to 1,000,000',
	},
	{
		name: 'a filter with a name that nothing has',
		request: { probes: [{ probe: 'file.open', filter: 'ret < 0 && process.uidd == 0' }] },
		field: 'probes[0].filter',
		reason: 'INVALID_FILTER',
		message:
			'probes[0].filter, line 1, column 20: there is no field uidd; did you mean process.uid?\n' +
			'ret < 0 && process.uidd == 0\n' +
			'                   ^^^^',
	},
	{
		name: 'a filter of all probes that names a field of one',
		request: { probes, filter: 'ret < 0' },
		field: 'filter',
		reason: 'INVALID_FILTER',
		message: 'filter, line 1, column 1: there is no field ret\nret < 0\n^^^',
	},
	{
		name: 'the options of another probe',
		request: { probes: [{ probe: 'file.stat', options: { case: 'syscallError', value: {} } }] },
		field: 'probes[0].options',
		message: 'probes[0].options is "syscall_error", must be absent: file.stat has no options',
	},
	{
		name: 'a system call that there is not',
		request: {
			probes: [
				{ probe: 'file.open' },
				{ probe: 'syscall', options: { case: 'syscall', value: { calls: ['close', 'opneat'] } } },
			],
		},
		field: 'probes[1].options.calls[1]',
		message:
			'probes[1].options.calls[1] is "opneat", must be the name of a system call of x86-64; did you mean "openat"?',
	},
	{
		name: 'sampling of an unknown kind',
		request: { probes: [{ probe: 'file.open', sampling: { mode: 7 as SamplingMode } }] },
		field: 'probes[0].sampling.mode',
		message: 'probes[0].sampling.mode is 7, must be SAMPLING_MODE_EVENT or SAMPLING_MODE_PROCESS',
	},
];

test('what is wrong is refused by name, value and limit, and the node is as before', async (t) => {
	const node = await sharedNode();
	const before = await traceIds(node);
	for (const { name, request, field, message, ...rest } of STARTS) {
		const { code = Code.INVALID_ARGUMENT, reason = 'INVALID_FIELD' } = rest;
		await t.test(`StartTrace with ${name} is refused`, async () => {
			const error = await failure(node.client.startTrace(request));
			assert.equal(error.message, message);
			assert.equal(error.code, code);
			assert.equal(error.reason, reason);
			assert.deepEqual(
				error.violations.map((violation) => violation.field),
				[field],
			);
		});
	}
	await t.test('a trace that does not exist is NOT_FOUND for every call', async () => {
		const traceId = UNKNOWN_ID;
		for (const call of [
			node.client.getTrace({ traceId }),
			node.client.stopTrace({ traceId }),
			node.client.updateTrace({ traceId }),
			first(node.client.streamEvents({ traceId })),
		]) {
			const error = await failure(call);
			assert.equal(error.code, Code.NOT_FOUND);
			assert.equal(error.reason, 'TRACE_NOT_FOUND');
			assert.equal(error.message, `there is no trace "${UNKNOWN_ID}"`);
		}
		const empty = await failure(node.client.getTrace({}));
		assert.equal(empty.message, 'trace_id is "", must be the id of a trace, 32 hexadecimal digits');
	});
	await t.test('after all this there is no new trace and the node works', async () => {
		assert.deepEqual(await traceIds(node), before);
		const { trace } = await node.client.startTrace({ probes });
		await node.client.stopTrace({ traceId: trace?.traceId ?? '' });
	});
	await t.test('a stream cannot start in the future or by a cursor of something else', async () => {
		const { trace } = await node.client.startTrace({ probes });
		const traceId = trace?.traceId ?? '';
		await node.client.stopTrace({ traceId });
		const future = { case: 'afterSequence' as const, value: 10n ** 15n };
		const ahead = await failure(first(node.client.streamEvents({ traceId, start: future })));
		assert.equal(ahead.code, Code.OUT_OF_RANGE);
		assert.match(ahead.message, /^after_sequence is 1,000,000,000,000,000, the last event so far is [\d,]+$/);
		const cursor = { case: 'cursor' as const, value: Buffer.from('nonsense') };
		const foreign = await failure(first(node.client.streamEvents({ traceId, start: cursor })));
		assert.equal(foreign.code, Code.INVALID_ARGUMENT);
		assert.equal(foreign.message, 'cursor is not one that a node gave');
	});
});

async function first(messages: AsyncIterable<unknown>): Promise<void> {
	for await (const _ of messages) return;
}
