import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RowFigures } from './figures.js';
import { ASKED_BYTES, BATCH_DELAY_MS, judge } from './goals.js';
import { LIMIT_ROW } from './limit-row.js';
import { EMPTY, PREDICATES } from './reject.js';
import { LONG_ROW, type Results } from './results.js';
import { SONDE_ROW } from './sonde-row.js';

const LOAD = { calls: 1000, wallNs: 1, cpuNs: 1, quietNsPerCall: 1 };
const RESULTS: Results = {
	rows: [],
	rounds: [],
	long: {
		...{ load: LOAD, events: 1, bytes: 1, lost: 0, details: undefined },
		...{ server: { cpuNs: 1, peakBytes: 1 }, client: undefined },
	},
	responses: [],
	remote: { unavailable: 'no network' },
	handover: [],
	fanOut: [],
	rejects: { unavailable: 'not run' },
	probeCosts: { unavailable: 'not run' },
	resume: { unavailable: 'not run' },
	encoder: { unavailable: 'not built' },
};

function row(name: string, changes: Partial<RowFigures>): RowFigures {
	return {
		...{
			name,
			cpuNs: 500,
			addedNs: 100,
			estimatedNs: 80,
			serverCpuSeconds: 0.5,
			coldCpuSeconds: 0.9,
			clientCpuSeconds: 0.2,
			cameOut: 1,
			lost: 0,
		},
		...{ bytesPerEvent: 100, residentBytes: ASKED_BYTES + 120e6, clientResidentBytes: 1, ...changes },
	};
}

function verdicts(rows: readonly RowFigures[], results: Partial<Results> = {}) {
	return judge(rows, { ...RESULTS, ...results }).map(({ met }) => met);
}

test('judge knows what was not measured', () => {
	assert.deepEqual(verdicts([]), Array(13).fill(undefined));
});

test('judge takes a goal that is just reached as met, and one that is just not as missed', () => {
	const at = (over: number) => {
		const spread = (value: number) => ({ count: 1, p50: value, p99: value, max: value });
		const stream = { pathBytes: 0, roundTripMs: 20, load: LOAD, eventsPerSecond: 1, lost: 0 };
		const end = { sent: 1, bytes: 1, messages: 1, evicted: 0, fired: 1, startLost: 0, encoded: 1 };
		const counts = { rateLimited: 0, ringFull: 0, missed: null, averageNs: 1 };
		const rows = [
			row(LIMIT_ROW, { addedNs: 80 }),
			row(SONDE_ROW, { addedNs: 100 + over, serverCpuSeconds: 0.5 + over }),
			row(LONG_ROW, { lost: over, residentBytes: ASKED_BYTES + 120e6 + over }),
		];
		return verdicts(rows, {
			responses: [
				{
					...{ name: SONDE_ROW, startMs: spread(100 + over) },
					latencyMs: spread(BATCH_DELAY_MS),
					oldestMs: spread(BATCH_DELAY_MS + 5 + over),
				},
			],
			remote: {
				...{ method: '', delayMs: 20 },
				streams: [{ ...stream, bytesPerSecond: 80e6 - over, end: { ...end, ...counts } }],
			},
			rejects: {
				none: [1_000],
				readers: [
					{ name: EMPTY, perOpenNs: [1_160] },
					...PREDICATES.flatMap(({ name }) => [
						{ name: `by hand, ${name}`, perOpenNs: [1_200] },
						{ name: `${SONDE_ROW}, ${name}`, perOpenNs: [1_220 + over] },
					]),
				],
				updateMs: spread(150 + over),
			},
			encoder: { encoder: { eventsPerSecond: 5e6 - over, bytesPerEvent: 100 } },
		});
	};
	assert.deepEqual(at(0), Array(13).fill(true));
	assert.deepEqual(at(1), Array(13).fill(false));
});
