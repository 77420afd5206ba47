import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NativeSnapshot, ProbeCounts } from '../native.js';
import { createCostMeter } from './cost.js';

const NONE: ProbeCounts = {
	...{ fired: 0n, paused: 0n, sampledOut: 0n, startLost: 0n, filterError: 0n, rejected: 0n, rateLimited: 0n },
	...{ ringFull: 0n, delivered: 0n, encoded: 0n, overLimit: 0n, misses: 0n, timedRuns: 0n, timedNs: 0n },
};
const snapshot = (fired: bigint, timedRuns: bigint, timedNs: bigint): NativeSnapshot => ({
	watermarkUnixNano: 0n,
	readerCpuNs: 7n,
	failure: '',
	probes: [{ ...NONE, fired, timedRuns, timedNs }],
});
const FACTS = {
	...{ elapsedNs: 2_000_000_000n, hasEnded: false, programs: [], retainedBytes: 9 },
	...{ memory: { shared: 100n, probes: [11n] }, budget: { oneIn: [4], steps: 2n } },
};

test('the cost of all runs follows from those that were timed', () => {
	const meter = createCostMeter(0, 1);
	const cost = meter.costOf(snapshot(1_000n, 10n, 5_000n), FACTS);
	assert.equal(cost.runCount, 1_000n);
	assert.equal(cost.runTimeNs, 500_000n);
	assert.equal(cost.averageNs, 500n);
	assert.equal(cost.mapBytes, 111n);
	assert.equal(cost.nodeCpuNs, 7n);
	assert.equal(cost.probes[0]?.budgetOneIn, 4);
});

test('sums never go down although the average does', () => {
	const meter = createCostMeter(0, 1);
	assert.equal(meter.costOf(snapshot(1_000n, 10n, 5_000n), FACTS).runTimeNs, 500_000n);
	assert.equal(meter.costOf(snapshot(1_001n, 20n, 5_000n), FACTS).runTimeNs, 500_000n);
});

test('a look gives the use since the one before, by the runs that were timed in between', () => {
	const meter = createCostMeter(0, 1);
	assert.deepEqual(meter.look(100, snapshot(100n, 1n, 50n)), { elapsedNs: 100, usedNs: [5_000] });
	assert.deepEqual(meter.look(300, snapshot(200n, 3n, 350n)), { elapsedNs: 200, usedNs: [15_000] });
	// None was timed: by the average of all.
	const [used = 0] = meter.look(400, snapshot(203n, 3n, 350n)).usedNs;
	assert.equal(used, (3 * 350) / 3);
});

test('the share of the present is that of the last second or so, at the end that of the whole life', () => {
	const meter = createCostMeter(0, 1);
	let last = snapshot(0n, 0n, 0n);
	for (let i = 1; i <= 50; i++) {
		// A tenth of a core in the first three seconds, then nothing.
		const runs = BigInt(Math.min(i, 30) * 10);
		last = snapshot(runs, runs, runs * 1_000_000n);
		meter.look(i * 100e6, last);
		if (i === 30) assert.equal(meter.costOf(last, FACTS).coreSharePpm, 100_000);
	}
	assert.equal(meter.costOf(last, FACTS).coreSharePpm, 0);
	const ended = meter.costOf(last, { ...FACTS, hasEnded: true, elapsedNs: 5_000_000_000n });
	assert.equal(ended.coreSharePpm, 60_000);
});
