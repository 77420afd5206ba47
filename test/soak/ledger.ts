import {
	type Accounting,
	Backpressure,
	EndReason,
	type StageCounts,
	type Trace,
	TraceState,
} from '../../clients/typescript/index.js';
import { violations } from '../e2e/collect.js';
import type { Checks } from './checks.js';
import { fallenCounters, greatest } from './counters.js';

const MIB = 1024 * 1024;
/** How far apart two clocks of one machine tell the same moment: the node's are in milliseconds. */
const CLOCK_NS = 20_000_000n;
/** A node that gets no CPU is late with its timers. */
const LATE_NS = 15_000_000_000n;
/** Of a batch that is kept whatever the retention is, beside its payload. */
const PAUSE_BYTES = 16 * MIB;

/** What is known of one trace; every answer about it is held against what was known when it was asked for. */
export interface Ledger {
	readonly id: string;
	/** What an answer may not fall behind that is asked for now. */
	floor(): Accounting | undefined;
	/** Takes an answer. */
	sawTrace(trace: Trace, floor: Accounting | undefined, where: string): void;
	/** Takes what a message of a stream carried. */
	sawAccounting(accounting: Accounting, floor: Accounting | undefined, where: string): void;
	/** Takes the accounting of an ended record. */
	sawEnd(reason: EndReason, accounting: Accounting, where: string): void;
	/** A change that will be asked for: limits hold for the widest of all. */
	willUpdate(limits: { eventsPerSecond?: number; maxEvents?: bigint; retentionBytes?: number }): void;
	readonly isEnded: boolean;
	readonly end: Trace | undefined;
}

interface LedgerInit {
	/** As StartTrace answered. */
	readonly started: Trace;
	/** Before it was called, ms of a monotonic clock. */
	readonly askedMs: number;
	readonly cpus: number;
	readonly checks: Checks;
}

export function createLedger({ started, askedMs, cpus, checks }: LedgerInit): Ledger {
	const { traceId: id, limits, batch } = started;
	let known: Accounting | undefined;
	let latest = started;
	let final: StageCounts | undefined;
	let endReason: EndReason | undefined;
	let rate = BigInt(limits?.eventsPerSecond ?? 0);
	let maxEvents = limits?.maxEvents ?? 0n;
	let retentionBytes = limits?.retentionBytes ?? 0;
	let changedRetention = false;
	let changedMaxEvents = false;

	function checkState(trace: Trace, where: string): void {
		const problems: string[] = [];
		if (trace.state < latest.state) problems.push(`state ${latest.state}, then ${trace.state}`);
		if (trace.generation < latest.generation)
			problems.push(`generation ${latest.generation}, then ${trace.generation}`);
		if (latest.endReason !== EndReason.UNSPECIFIED && trace.endReason !== latest.endReason)
			problems.push(`ended by ${EndReason[latest.endReason]}, then by ${EndReason[trace.endReason]}`);
		for (const name of ['runCount', 'runTimeNs', 'nodeCpuNs', 'budgetSteps'] as const) {
			const [before, after] = [latest.cost?.[name] ?? 0n, trace.cost?.[name] ?? 0n];
			if (after < before) problems.push(`cost.${name} was ${before}, is ${after}`);
		}
		checks.none('state', problems, where);
	}

	/** The most events that may have passed, all probes together, up to now; undefined: no limit. */
	function allowance(): bigint | undefined {
		if (rate === 0n) return undefined;
		const elapsedMs = BigInt(Math.ceil(performance.now() - askedMs));
		return (rate * elapsedMs) / 1_000n + rate / 10n + 128n * BigInt(cpus);
	}

	function checkLimits({ matched, rateLimited, encoded }: StageCounts, where: string): void {
		const problems: string[] = [];
		const allowed = allowance();
		if (allowed !== undefined && matched - rateLimited > allowed)
			problems.push(`${matched - rateLimited} events passed the rate limit, at most ${allowed} may`);
		if (maxEvents !== 0n && encoded > maxEvents)
			problems.push(`${encoded} events, at most ${maxEvents} may be`);
		checks.none('limits', problems, where);
	}

	function checkRetained(trace: Trace, where: string): void {
		const pauses = trace.backpressure === Backpressure.PAUSE;
		const extra = pauses ? (limits?.ringBytes ?? 0) + PAUSE_BYTES : 0;
		// One batch is kept whatever its size, and one may be on its way.
		const most = BigInt(retentionBytes + extra + 2 * (batch?.maxBytes ?? 0) + 65_536);
		const kept = trace.cost?.retainedBytes ?? 0n;
		checks.expect('limits', kept <= most, () => `${where}: ${kept} bytes retained, at most ${most} may be`);
	}

	function checkEnd(trace: Trace, where: string): void {
		const { endReason: reason, startUnixNano, endUnixNano } = trace;
		const livedNs = endUnixNano - startUnixNano;
		const durationNs = (trace.maxDuration?.seconds ?? 0n) * 1_000_000_000n;
		const problems: string[] = [];
		const mayBe = (is: boolean, what: string) => {
			if (!is) problems.push(`${EndReason[reason]}, but ${what}`);
		};
		switch (reason) {
			case EndReason.LEASE_EXPIRED:
				mayBe(livedNs + CLOCK_NS >= 1_000_000_000n, `it lived ${livedNs} ns only`);
				break;
			case EndReason.DURATION_REACHED:
				mayBe(livedNs + CLOCK_NS >= durationNs, `it lived ${livedNs} ns only`);
				break;
			case EndReason.EVENT_LIMIT_REACHED: {
				const { encoded = 0n } = trace.accounting?.total ?? {};
				const limit = trace.limits?.maxEvents ?? 0n;
				const isRight = changedMaxEvents ? encoded >= limit : encoded === limit;
				mayBe(limit !== 0n && isRight, `it has ${encoded} events of ${limit}`);
				break;
			}
			case EndReason.BUDGET_EXCEEDED:
			case EndReason.STOPPED:
				break;
			default:
				problems.push(`${EndReason[reason]} ${trace.endDetail}`);
		}
		if (livedNs > durationNs + LATE_NS) problems.push(`it lived ${livedNs} ns, at most ${durationNs} it may`);
		checks.none('endReason', problems, where);
	}

	function sawFinal(total: StageCounts, where: string): void {
		final ??= total;
		const expected = final;
		checks.none(
			'final',
			[...fallenCounters({ total: expected }, { total }), ...fallenCounters({ total }, { total: expected })],
			where,
		);
	}

	const ledger: Ledger = {
		id,
		floor: () => known,
		sawTrace(trace, floor, where) {
			checkState(trace, where);
			const isEnded = trace.state === TraceState.ENDED;
			if (trace.accounting !== undefined) {
				checks.none('sums', violations(trace.accounting, isEnded), where);
				checks.none('monotonic', fallenCounters(floor, trace.accounting), where);
				known = greatest(known, trace.accounting);
				if (trace.accounting.total !== undefined) {
					checkLimits(trace.accounting.total, where);
					if (isEnded) sawFinal(trace.accounting.total, where);
				}
			}
			if (!changedRetention) checkRetained(trace, where);
			if (isEnded && endReason === undefined) {
				endReason = trace.endReason;
				checkEnd(trace, where);
			}
			if (trace.state >= latest.state) latest = trace;
		},
		sawAccounting(accounting, floor, where) {
			checks.none('sums', violations(accounting, false), where);
			checks.none('monotonic', fallenCounters(floor, accounting), where);
			if (accounting.total !== undefined) checkLimits(accounting.total, where);
			known = greatest(known, accounting);
		},
		sawEnd(reason, accounting, where) {
			checks.none('sums', violations(accounting, true), where);
			if (accounting.total !== undefined) sawFinal(accounting.total, where);
			checks.expect(
				'final',
				endReason === undefined || reason === endReason,
				() => `${where}: ${EndReason[reason]} and not ${EndReason[endReason ?? 0]}`,
			);
		},
		willUpdate(change) {
			if (change.eventsPerSecond !== undefined) {
				const next = BigInt(change.eventsPerSecond);
				rate = rate === 0n || next === 0n ? 0n : rate > next ? rate : next;
			}
			if (change.maxEvents !== undefined) {
				changedMaxEvents = true;
				maxEvents = maxEvents === 0n || maxEvents > change.maxEvents ? maxEvents : change.maxEvents;
			}
			if (change.retentionBytes !== undefined) {
				changedRetention = true;
				retentionBytes = Math.max(retentionBytes, change.retentionBytes);
			}
		},
		get isEnded() {
			return latest.state === TraceState.ENDED;
		},
		get end() {
			return latest.state === TraceState.ENDED ? latest : undefined;
		},
	};
	return ledger;
}
