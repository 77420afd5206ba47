import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allCpuSeconds, summarizeRow } from './figures.js';
import type { RowResult } from './row.js';

const NONE = { calls: 1000, wallNs: 300_000, cpuNs: 250_000, quietNsPerCall: 1 };

function result(changes: Partial<RowResult>): RowResult {
	return {
		load: { calls: 1000, wallNs: 500_000, cpuNs: 450_000, quietNsPerCall: 1 },
		events: 500_000,
		bytes: 50_000_000,
		lost: 0,
		server: { cpuNs: 200_000_000, peakBytes: 70 },
		client: undefined,
		details: undefined,
		...changes,
	};
}

test('summarizeRow needs a measurement', () => {
	assert.throws(() => summarizeRow('x', []), { name: 'RangeError' });
});

test('summarizeRow takes medians, and the worst of losses and memory', () => {
	const client = { cpuNs: 100_000_000, peakBytes: 30 };
	const measured = [
		result({ client, lost: 10, estimatedNs: 160, cold: { cpuNs: 700_000_000, events: 1_000_000 } }),
		result({ client, lost: 500, estimatedNs: 150, server: { cpuNs: 900_000_000, peakBytes: 90 } }),
		result({ client, lost: 20, load: { calls: 1000, wallNs: 600_000, cpuNs: 550_000, quietNsPerCall: 1 } }),
	].map((one) => ({ result: one, none: NONE }));
	const row = summarizeRow('Sonde', measured);
	assert.deepEqual(row, {
		name: 'Sonde',
		cpuNs: 450,
		addedNs: 200,
		estimatedNs: 155,
		serverCpuSeconds: 0.4,
		coldCpuSeconds: 0.7,
		clientCpuSeconds: 0.2,
		cameOut: 0.98,
		lost: 530,
		bytesPerEvent: 100,
		residentBytes: 90,
		clientResidentBytes: 30,
	});
	assert.equal(allCpuSeconds(row).toFixed(2), '0.60');
	assert.equal(allCpuSeconds(summarizeRow('x', [{ result: result({}), none: NONE }])), 0.4);
});
