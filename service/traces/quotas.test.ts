import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_NODE_LIMITS } from './node-limits.js';
import { createQuotas } from './quotas.js';

const LIMITS = {
	...DEFAULT_NODE_LIMITS,
	traces: 3,
	tracesPerOwner: 2,
	ringBytes: 1_000,
	ringBytesPerOwner: 1_000,
	processTrees: 4,
	processTreesPerOwner: 2,
	cgroupTrees: 4,
	cgroupTreesPerOwner: 2,
};

test('one owner gets no more than its share, another one still gets its own', () => {
	const quotas = createQuotas(LIMITS);
	quotas.take('a', { traces: 1 });
	const giveBack = quotas.take('a', { traces: 1 });
	assert.throws(() => quotas.take('a', { traces: 1 }), {
		reason: 'TOO_MANY_TRACES',
		message: 'one caller may have 2 traces: 2 are in use, 1 more were asked for',
	});
	quotas.take('b', { traces: 1 });
	assert.throws(() => quotas.take('b', { traces: 1 }), {
		message: 'this node may have 3 traces: 3 are in use, 1 more were asked for',
	});
	giveBack();
	giveBack();
	assert.equal(quotas.usage.traces, 2);
	quotas.take('b', { traces: 1 });
});

test('a demand is taken whole or not at all', () => {
	const quotas = createQuotas(LIMITS);
	assert.throws(() => quotas.take('a', { traces: 1, ringBytes: 1_001 }), { reason: 'TOO_MUCH_MEMORY' });
	assert.deepEqual(quotas.usage, {
		traces: 0,
		subscribers: 0,
		retentionBytes: 0,
		ringBytes: 0,
		processTrees: 0,
		eventsPerSecond: 0,
		cpuBudgetPermille: 0,
		cgroupTrees: 0,
	});
});

test('a negative demand gives back, and is taken again with what gives it back', () => {
	const quotas = createQuotas(LIMITS);
	quotas.take('a', { ringBytes: 900 });
	const undo = quotas.take('a', { ringBytes: -500 });
	assert.equal(quotas.usage.ringBytes, 400);
	undo();
	assert.equal(quotas.usage.ringBytes, 900);
});

test('a role bounds what one owner has, also in the sum of its limits', () => {
	const quotas = createQuotas(LIMITS);
	const role = { traces: 1, eventsPerSecond: 1_000 };
	const giveBack = quotas.take('a', { eventsPerSecond: 800 }, role);
	assert.throws(() => quotas.take('a', { eventsPerSecond: 201 }, role), {
		reason: 'QUOTA_EXCEEDED',
		message: 'your role may have 1,000 events per second: 800 are in use, 201 more were asked for',
	});
	quotas.take('b', { eventsPerSecond: 1_000 }, role);
	giveBack();
	quotas.take('a', { eventsPerSecond: 1_000, traces: 1 }, role);
	assert.throws(() => quotas.take('a', { traces: 1 }, role), {
		reason: 'TOO_MANY_TRACES',
		message: /^your role/,
	});
});
