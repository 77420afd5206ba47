import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addedBy, type ProbeCost, type Sample } from './probe-cost-figures.js';
import { probeCostTable } from './probe-cost-table.js';
import { PROBE_LOADS } from './probe-loads.js';
import type { Results } from './results.js';

function sample(changes: Partial<Sample>): Sample {
	return { quietNsPerCall: 1_000, calls: 100, events: 200, lost: 0, ...changes };
}

const TURNS = { none: [820, 800, 900], eventsPerCall: 2 };
const COST: ProbeCost = {
	...{ probe: 'sched.run_queue', title: 'turns', ...TURNS },
	sonde: [sample({ events: 198 })],
	bpftrace: [sample({ quietNsPerCall: 1_300, events: 150 })],
};

function tableOf(changes: Partial<ProbeCost>): string {
	const results: Pick<Results, 'probeCosts'> = { probeCosts: [{ ...COST, ...changes }] };
	return probeCostTable(results);
}

test('addedBy takes the least of all rounds, for each event of an operation', () => {
	const rounds = [sample({ quietNsPerCall: 1_400 }), sample({ quietNsPerCall: 1_100 })];
	assert.deepEqual(addedBy(TURNS, rounds), { addedNs: 150, lostShare: 0 });
});

test('addedBy believes the calls of the load where a reader says that it lost less', () => {
	const rounds = [sample({ events: 100, lost: 7 }), sample({ lost: 20 })];
	assert.deepEqual(addedBy(TURNS, rounds), { addedNs: 100, lostShare: 0.3 });
});

test('addedBy says why a reader was never measured, and counts the rounds in which it was', () => {
	const missing = { unavailable: 'no such probe' };
	assert.deepEqual(addedBy(TURNS, [missing, missing]), missing);
	assert.deepEqual(addedBy(TURNS, [missing, sample({})]), { addedNs: 100, lostShare: 0 });
	assert.equal(addedBy(TURNS, []), undefined);
});

test('probeCostTable has both readers and their ratio', () => {
	assert.match(
		tableOf({}),
		/\| sched\.run_queue \| turns +\| 800 +\| 2 +\| 100 +\| 1\.0 % +\| 250 +\| 25\.0 % \| 0\.40 +\|\n\nOf loads/,
	);
});

test('probeCostTable says why a reader is missing, and nothing of one that was left out', () => {
	assert.match(
		tableOf({ bpftrace: [{ unavailable: 'no Debian' }] }),
		/\| 1\.0 % +\| +\| +\| +\|\n\nNot available: bpftrace, sched\.run_queue: no Debian\n/,
	);
	assert.doesNotMatch(tableOf({ bpftrace: [] }), /Not available/);
	assert.equal(probeCostTable({ probeCosts: { unavailable: 'no load' } }), 'Not available: no load\n');
});

test('each probe has a load once, and a script that sees the process of the load alone', () => {
	assert.equal(new Set(PROBE_LOADS.map(({ spec }) => spec.probe)).size, 10);
	for (const { spec, script } of PROBE_LOADS) assert.match(script(4_711), /(tgid|pid) == 4711\b/, spec.probe);
});
