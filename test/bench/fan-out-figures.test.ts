import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShapeResult } from './fan-out.js';
import { summarizeShape } from './fan-out-figures.js';

const END = { sent: 1100, evicted: 0, rateLimited: 0, ringFull: 0 };

function shape(changes: Partial<ShapeResult>): ShapeResult {
	const look = (messages: number, ...sent: number[]) => ({ sent, bytes: 0, messages });
	return {
		...{ traces: 1, subscribers: 2 },
		none: { calls: 500, wallNs: 1e9, cpuNs: 200_000, quietNsPerCall: 1 },
		load: { calls: 1000, wallNs: 2e9, cpuNs: 1_200_000, quietNsPerCall: 1 },
		looks: [look(2, 100, 100), look(20, 1000, 800), look(27, 1100, 1100)],
		end: [END, END],
		server: { cpuNs: 4e6, residentBytes: 900 },
		client: { cpuNs: 2e6, residentBytes: 500 },
		facts: { mapBytes: 110, ringBytes: 100, retainedBytes: 300, estimatedNs: 700 },
		...changes,
	};
}

test('summarizeShape counts for each subscriber the larger of what Sonde and the load say is lost', () => {
	const lostOf = (...end: ShapeResult['end']) => summarizeShape(shape({ end })).lost;
	assert.equal(lostOf(END, END), 0);
	assert.equal(lostOf({ ...END, evicted: 5, rateLimited: 2, ringFull: 1 }, { ...END, sent: 990 }), 18);
});

test('summarizeShape divides by what was delivered, and by opens', () => {
	assert.deepEqual(summarizeShape(shape({})), {
		...{ traces: 1, subscribers: 2, addedNs: 800, estimatedNs: 700, deliveredPerSecond: 800, lost: 0 },
		eventsPerMessage: 80,
		...{ serverCpuSeconds: 2, serverCpuSecondsOfOpens: 4, clientCpuSeconds: 1 },
		...{ residentBytes: 900, ownBytes: 400, clientResidentBytes: 500, mapBytes: 110 },
	});
	const traces = summarizeShape(shape({ traces: 2, subscribers: 1 }));
	assert.deepEqual([traces.serverCpuSeconds, traces.serverCpuSecondsOfOpens], [2, 4]);
});
