import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
	type Accounting,
	decodeEnvelope,
	type EndedRecord,
	EndReason,
	type Record,
	type SondeClient,
} from '../../clients/typescript/index.js';
import { loadNative } from '../../service/native.js';
import { violations } from './collect.js';
import { IS_EMULATED } from './emulated.js';
import { sharedNode } from './node.js';
import { openThreads } from './opens.js';
import { FILE_OPEN, NO_LIMITS } from './requests.js';

/** Opens of each load: SONDE_TEST_OPENS, for a longer run. */
const OPENS = Number(process.env.SONDE_TEST_OPENS ?? (IS_EMULATED ? 20_000 : 1_000_000));
const THREADS = 4;
const MIB = 1024 * 1024;

type Start = Parameters<SondeClient['startTrace']>[0];

/** What a stream said, without its events. */
interface StreamFacts {
	readonly events: bigint;
	readonly records: readonly Record[];
	readonly ended: EndedRecord;
}

/** Reads a trace to its end; every message's accounting must add up, and no count may ever go down. */
async function readFacts(client: SondeClient, traceId: string): Promise<StreamFacts> {
	let events = 0n;
	const records: Record[] = [];
	let before: Accounting | undefined;
	for await (const bytes of client.streamRaw({ traceId, costInterval: { nanos: 200_000_000 } })) {
		const message = decodeEnvelope(bytes);
		events += BigInt(message.eventCount);
		records.push(...message.records);
		assert.ok(message.accounting !== undefined);
		assert.deepEqual(violations(message.accounting, false), []);
		assertNotLess(before, message.accounting);
		before = message.accounting;
	}
	const last = records.at(-1)?.kind;
	assert.ok(last?.case === 'ended');
	return { events, records, ended: last.value };
}

function assertNotLess(before: Accounting | undefined, after: Accounting): void {
	for (const name of [
		'fired',
		'paused',
		'sampledOut',
		'matched',
		'rateLimited',
		'ringFull',
		'encoded',
	] as const) {
		const [was = 0n, is = 0n] = [before?.total?.[name], after.total?.[name]];
		assert.ok(is >= was, `${name} went from ${was} down to ${is}`);
	}
}

/**
 * Makes opens under a trace and under a second one that only counts hits and runs for longer: it says how many opens there
 * were on the machine.
 */
async function runLoad(t: TestContext, request: Start, opens = OPENS) {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: THREADS, count: opens / THREADS });
	const control = await client.startTrace({ ...FILE_OPEN, limits: { ...NO_LIMITS, retentionBytes: MIB } });
	const { trace } = await client.startTrace(request);
	const traceId = trace?.traceId ?? '';
	const reading = readFacts(client, traceId);
	const startMs = performance.now();
	await opener.run();
	const loadNs = (performance.now() - startMs) * 1e6;
	await client.stopTrace({ traceId });
	const facts = await reading;
	const { trace: counted } = await client.stopTrace({ traceId: control.trace?.traceId ?? '' });
	const { fired: seen = 0n, paused: unseen = 0n } = counted?.accounting?.total ?? {};
	return { client, traceId, ...facts, loadNs, machineOpens: seen - unseen };
}

/** The counts of a trace whose every hit must be found again. */
function checkTotals({ events, ended, machineOpens }: StreamFacts & { readonly machineOpens: bigint }) {
	const { accounting } = ended;
	assert.ok(accounting?.total !== undefined);
	assert.deepEqual(violations(accounting, true), []);
	const { total, subscription } = accounting;
	const looked = total.fired - total.paused;
	// On kernels that skip hits these are not ours to count; they are in missed, checked elsewhere.
	const missed = total.missed ?? 0n;
	assert.ok(looked + missed >= BigInt(OPENS), `${looked} of ${OPENS} opens`);
	assert.ok(looked <= machineOpens + missed, `${looked} of all ${machineOpens}`);
	const { sampledOut, startLost, rateLimited, ringFull, encoded } = total;
	assert.equal(looked, sampledOut + startLost + rateLimited + ringFull + encoded);
	assert.equal(events, subscription?.sent);
	assert.equal(encoded, (subscription?.sent ?? 0n) + (subscription?.evicted ?? 0n));
	return total;
}

test('when the ring is too small, what was lost is exactly what did not come', async (t) => {
	const limits = { ...NO_LIMITS, ringBytes: 65_536, retentionBytes: 256 * MIB };
	const total = checkTotals(await runLoad(t, { ...FILE_OPEN, limits }));
	// An emulated reader is as fast as an emulated load.
	if (!IS_EMULATED) assert.ok(total.ringFull > 0n);
});

test('when the rate limit bites, the rest is counted, and what passes is what the limit says', async (t) => {
	const limits = { ...NO_LIMITS, ringBytes: 32 * MIB, eventsPerSecond: 20_000 };
	const facts = await runLoad(t, { ...FILE_OPEN, limits });
	const total = checkTotals(facts);
	const { trace } = await facts.client.getTrace({ traceId: facts.traceId });
	const seconds = Number(trace?.cost?.elapsed?.seconds ?? 0n) + (trace?.cost?.elapsed?.nanos ?? 0) / 1e9;
	const passed = Number(total.matched - total.rateLimited);
	const { node } = await facts.client.getNode();
	// A hundredth of a second more for starting and stopping.
	const most = 20_000 * (seconds + 0.11) + 128 * (node?.possibleCpus ?? 0);
	assert.ok(passed <= most, `${passed} passed in ${seconds} s`);
	if (IS_EMULATED) return;
	assert.ok(total.rateLimited > 0n);
	assert.ok(passed >= 20_000 * (seconds - 0.2) * 0.9, `only ${passed} passed in ${seconds} s`);
});

test('when the sampling leaves most out, all of it is counted', async (t) => {
	const probes = [{ probe: 'file.open', sampling: { sampleOneIn: 100 } }];
	const total = checkTotals(await runLoad(t, { ...FILE_OPEN, probes }));
	// A hundredth of all that was looked at, within six standard deviations.
	const expected = Number(total.fired - total.paused) / 100;
	assert.ok(
		Math.abs(Number(total.encoded) - expected) < 6 * Math.sqrt(expected),
		`${total.encoded} of ${expected}`,
	);
});

test('over its CPU budget a trace is sampled step by step, and the steps are in the stream', async (t) => {
	const limits = { ...NO_LIMITS, ringBytes: 32 * MIB, retentionBytes: 256 * MIB };
	const keepsArguments = !loadNative().kernelSupport().taskPtRegs;
	// Enough to use up what a trace has saved. The same load twice: an emulated machine has to translate the programs first.
	const opens = IS_EMULATED ? (keepsArguments ? 40 : 20) * OPENS : OPENS;
	const free = await runLoad(t, { ...FILE_OPEN, limits }, opens);
	const { trace: freeTrace } = await free.client.getTrace({ traceId: free.traceId });
	// Half of what it takes: too little for all events, and enough for counting alone, which ends a trace that it is too
	// much for. Where counting includes to keep the arguments of every call, before 5.15, nine tenths.
	const share = Number(freeTrace?.cost?.runTimeNs ?? 0n) / free.loadNs;
	const cpuBudgetPermille = Math.max(1, Math.round(share * (keepsArguments ? 900 : 500)));
	const request = { ...FILE_OPEN, limits: { ...limits, cpuBudgetPermille } };
	const facts = await runLoad(t, request, opens);
	const total = checkTotals(facts);
	const steps = facts.records.flatMap(({ kind }) => (kind.case === 'budgetStep' ? kind.value : []));
	assert.ok(steps.length > 0, 'the budget was reached');
	assert.equal(steps[0]?.sampleOneIn, 2);
	for (const [i, { sampleOneIn, measuredPermille }] of steps.entries()) {
		const before = steps[i - 1]?.sampleOneIn ?? 1;
		assert.ok(sampleOneIn === before * 2 || sampleOneIn === before / 2, `${before} to ${sampleOneIn}`);
		if (sampleOneIn > before) assert.ok(measuredPermille >= cpuBudgetPermille);
	}
	assert.ok(total.sampledOut > 0n);
	assert.equal(facts.ended.reason, EndReason.STOPPED);
	const { trace } = await facts.client.getTrace({ traceId: facts.traceId });
	assert.equal(trace?.cost?.budgetSteps, BigInt(steps.length));
});

test('a budget that nothing fits into ends the trace, and says so', async (t) => {
	const { client } = await sharedNode();
	const opener = await openThreads(t, { threads: THREADS, count: IS_EMULATED ? 250_000 : 2_000_000 });
	const limits = { ...NO_LIMITS, cpuBudgetPermille: 1, ringBytes: 32 * MIB };
	const { trace } = await client.startTrace({ ...FILE_OPEN, limits });
	const reading = readFacts(client, trace?.traceId ?? '');
	await opener.run();
	const { trace: after } = await client.stopTrace({ traceId: trace?.traceId ?? '' });
	const { ended, records } = await reading;
	const steps = records.flatMap(({ kind }) => (kind.case === 'budgetStep' ? kind.value.sampleOneIn : []));
	assert.deepEqual(steps.slice(0, 10), [2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]);
	assert.equal(ended.reason, EndReason.BUDGET_EXCEEDED);
	assert.match(ended.detail, /^its programs took more than 0\.1 % of one core/);
	assert.equal(after?.endReason, EndReason.BUDGET_EXCEEDED);
	assert.ok(ended.accounting !== undefined);
	assert.deepEqual(violations(ended.accounting, true), []);
});

test('what a trace costs is told in GetTrace and as often as a stream wants', async (t) => {
	const facts = await runLoad(t, FILE_OPEN);
	const { trace } = await facts.client.getTrace({ traceId: facts.traceId });
	const cost = trace?.cost;
	assert.ok(cost !== undefined);
	assert.equal(cost.runCount, facts.ended.accounting?.total?.fired);
	assert.ok(cost.averageNs > 50n && cost.averageNs < 1_000_000n, `${cost.averageNs} ns per run`);
	assert.ok((cost.probes[0]?.timedRuns ?? 0n) > BigInt(OPENS / 200));
	assert.equal(cost.runTimeNs, cost.probes[0]?.runTimeNs);
	assert.ok(cost.coreSharePpm > 0);
	// The ring is most of it.
	assert.ok(cost.mapBytes >= 8_388_608n);
	assert.ok(cost.nodeCpuNs > 0n);
	const records = facts.records.flatMap(({ kind }) => (kind.case === 'cost' ? kind.value : []));
	assert.ok(records.length > 0);
	for (const { runCount, interval, total } of records) {
		assert.ok((interval?.nanos ?? 0) >= 200_000_000 || (interval?.seconds ?? 0n) > 0n);
		assert.ok(runCount <= (total?.runCount ?? 0n));
	}
	const sum = records.reduce((all, { runTimeNs }) => all + runTimeNs, 0n);
	assert.ok(sum <= cost.runTimeNs);
});
