import { randomBytes } from 'node:crypto';
import type { Identity } from '../auth/identity.js';
import { nsToMs, unixNanoNow } from '../duration.js';
import { ServiceError } from '../error.js';
import type { CompiledFilter } from '../filter/compile.js';
import type { Accounting } from '../gen/sonde/v1/accounting.js';
import type { Cost } from '../gen/sonde/v1/cost.js';
import type { Record } from '../gen/sonde/v1/record.js';
import { Backpressure, EndReason, TraceState } from '../gen/sonde/v1/trace.js';
import type { Mention } from '../metadata/mention.js';
import type { Withheld } from '../metadata/withheld.js';
import type { EventBatch, NativePrograms, NativeSnapshot, NativeTrace, ProgramInfo } from '../native.js';
import { createTraceStacks } from '../stacks/stacks.js';
import { accountingOf } from './accounting.js';
import { createBudget } from './budget.js';
import { createCostMeter } from './cost.js';
import type { Grant } from './grant.js';
import { createLease } from './lease.js';
import { createPauser } from './pause.js';
import { createReaders, type Progress, type Reader } from './readers.js';
import { createRecordLog, type LoggedRecord } from './record-log.js';
import { createRetention, type RetainedBatch } from './retention.js';
import type { TraceSettings } from './settings.js';
import type { TraceUpdate } from './update.js';

/** A snapshot for a message may be this old: with tiny batches there are more messages than counters change. */
const SNAPSHOT_AGE_MS = 1;
/** How often a running trace is looked after: its budget, its cost, the age of what it retains. */
const LOOK_MS = 100;
const NS_PER_MS = 1e6;

/** One moment of a trace's counters. */
export interface TraceSnapshot {
	readonly accounting: Accounting;
	/** Up to when a trace with nothing to deliver is complete; 0 before the first look. */
	readonly watermarkUnixNano: bigint;
	/** What the two are made from. */
	readonly native: NativeSnapshot;
}

/** Why a trace ended. */
export interface TraceEnd {
	readonly reason: EndReason;
	/** A sentence, where the reason alone does not say it. */
	readonly detail: string;
}

/** One running, or lately ended, use of probes by one owner. */
export interface Trace {
	readonly id: string;
	/** Canonical name. */
	readonly owner: string;
	/** As the owner proved it when the trace was started. */
	readonly identity: Identity;
	readonly grant: Grant;
	readonly settings: TraceSettings;
	/** What the filters became, by index of the probe. */
	readonly filters: readonly CompiledFilter[];
	/** Number of the settings, from 1. */
	readonly generation: bigint;
	readonly state: TraceState;
	readonly end: TraceEnd | undefined;
	/** ns since the Unix epoch; 0n while it has not happened. */
	readonly startUnixNano: bigint;
	readonly endUnixNano: bigint;
	/** 0n while somebody reads it and after it has ended. */
	readonly leaseExpiresUnixNano: bigint;
	/** By index of the probe. */
	readonly programs: readonly (readonly ProgramInfo[])[];
	readonly subscribers: number;
	/** How far its readers have come, oldest first. */
	readonly progress: readonly Progress[];
	readonly retainedBytes: number;
	/** Sequence of the oldest event retained, and of the next one to come. */
	readonly oldestSequence: bigint;
	readonly nextSequence: bigint;
	/** What it has said beside its events, from a number on. */
	recordsFrom(number: number): readonly LoggedRecord[];
	/** Number of the first record for events from this sequence on. */
	recordNumberAt(sequence: bigint): number;
	/** Counters that are at most a millisecond old and know of all events that have been retained. */
	snapshot(): TraceSnapshot;
	/** What it has cost until now. */
	cost(): Cost;
	/** As Retention.at. */
	batchAt(sequence: bigint): RetainedBatch | undefined;
	/** Adds a reader at a sequence: while there is one, the lease does not run. */
	subscribe(position: bigint, onChange: () => void): Reader;
	/**
	 * Loads and attaches. Called once, first.
	 *
	 * @throws what NativeTrace.open throws; nothing is then left in the kernel, and the trace has ended as failed.
	 */
	open(): Promise<void>;
	/**
	 * Changes a running trace, after the changes that were asked for before.
	 *
	 * @param prepare makes the change from the settings as they are then.
	 * @throws ServiceError TRACE_ENDED, what `prepare` throws, and what NativeTrace.replaceBodies throws: it is as before.
	 */
	update(prepare: () => Promise<PreparedUpdate>): Promise<void>;
	/** Resolves when nothing of it is left in the kernel and all events are retained. The first reason counts. */
	stop(end: TraceEnd): Promise<void>;
	/** Gives the memory of an ended trace back. */
	release(): void;
}

/** A change with what its filters became. */
export interface PreparedUpdate extends TraceUpdate {
	/** Of all probes, by index. */
	readonly filters: readonly CompiledFilter[];
	/** Programs of those probes whose filter changes. */
	readonly bodies: readonly { readonly probeIndex: number; readonly programs: NativePrograms }[];
}

interface TraceInit {
	/** Of the owner. */
	readonly identity: Identity;
	readonly grant: Grant;
	readonly settings: TraceSettings;
	/** By index of the probe. */
	readonly filters: readonly CompiledFilter[];
	readonly reportsMisses: boolean;
	/** Whom the events of a batch are about, as EventBatch.takeSubjects gives it. */
	readonly mentionsOf: (subjects: BigUint64Array) => readonly Mention[];
	/** What stacks do not tell. */
	readonly withheld: Withheld;
	/** Called once, when it has ended. */
	readonly onEnd: (trace: Trace) => void;
	readonly createNative: (onBatch: (batch: EventBatch) => void) => NativeTrace;
}

/** Makes a trace of which nothing is in the kernel yet. */
export function createTrace({
	identity,
	grant,
	settings: initial,
	filters: initialFilters,
	reportsMisses,
	mentionsOf,
	withheld,
	onEnd,
	createNative,
}: TraceInit): Trace {
	let settings = initial;
	let filters = initialFilters;
	let updating = Promise.resolve();
	let generation = 1n;
	let state = TraceState.STARTING;
	let end: TraceEnd | undefined;
	let programs: readonly (readonly ProgramInfo[])[] = [];
	let startUnixNano = 0n;
	let endUnixNano = 0n;
	let durationTimer: NodeJS.Timeout | undefined;
	let lookTimer: NodeJS.Timeout | undefined;
	let stopping: Promise<void> | undefined;
	let latest: TraceSnapshot | undefined;
	let latestMs = 0;

	const retention = createRetention(boundsOf(settings));
	const records = createRecordLog();
	const stacks = createTraceStacks(withheld);
	const budget = createBudget(settings.probes.length);
	let meter = createCostMeter(performance.now() * NS_PER_MS, settings.probes.length);
	const readers = createReaders(readersMoved);
	const lease = createLease(leaseExpired);
	const pauser = createPauser(readers, retention, (isPaused) => {
		if (state !== TraceState.RUNNING) return false;
		native.setPaused(isPaused);
		return true;
	});

	const native = createNative((batch) => {
		const mentions = [
			...(settings.metadata ? mentionsOf(batch.takeSubjects()) : []),
			...batch.takeStacks().map((stack) => stacks.mention(stack)),
		];
		retention.push(batch, mentions, performance.now());
		followSlowest();
		readers.notify();
		stopAtLimit();
	});

	function stopAtLimit(): void {
		if (settings.maxEvents === 0n || retention.nextSequence <= settings.maxEvents) return;
		void trace.stop({ reason: EndReason.EVENT_LIMIT_REACHED, detail: '' });
	}

	function followSlowest(): void {
		if (settings.backpressure === Backpressure.PAUSE) pauser();
	}

	function readersMoved(): void {
		followSlowest();
		runLease();
	}

	function runLease(): void {
		// Also after the end: a reader that lost its connection may come back for the rest.
		const mayExpire = state === TraceState.RUNNING || hasEnded();
		if (mayExpire && readers.count === 0) lease.run(settings.leaseNs);
		else lease.hold();
	}

	function leaseExpired(): void {
		if (hasEnded()) retention.clear();
		else void trace.stop({ reason: EndReason.LEASE_EXPIRED, detail: '' });
	}

	function say(record: Record): void {
		records.push(retention.nextSequence, record);
		readers.notify();
	}

	/** The budget, the age of what is retained, and whether events still come, a few times a second. */
	function look(): void {
		const snapshot = native.snapshot();
		if (snapshot.failure !== '') {
			void trace.stop({ reason: EndReason.FAILED, detail: snapshot.failure });
			return;
		}
		const { elapsedNs, usedNs } = meter.look(performance.now() * NS_PER_MS, snapshot);
		retention.evict(performance.now());
		const decision = budget.look(elapsedNs, usedNs, settings.cpuBudgetPermille);
		if (decision === 'fits') return;
		if (decision === 'exceeded') {
			const allowed = (settings.cpuBudgetPermille / 10).toLocaleString('en-US');
			const detail = `its programs took more than ${allowed} % of one core even with 1 hit in 1,024 kept`;
			void trace.stop({ reason: EndReason.BUDGET_EXCEEDED, detail });
			return;
		}
		const { probeIndex, oneIn, permille } = decision;
		applySampling(probeIndex);
		const value = { probeIndex, sampleOneIn: oneIn, measuredPermille: permille };
		say({ kind: { $case: 'budgetStep', value } });
	}

	function applySampling(probeIndex: number): void {
		const { oneIn, processSalt } = settings.probes[probeIndex]?.sampling ?? { oneIn: 1, processSalt: 0 };
		native.setSampling(probeIndex, { oneIn: oneIn * (budget.oneIn[probeIndex] ?? 1), processSalt });
	}

	function requireRunning(): void {
		if (state === TraceState.RUNNING) return;
		throw new ServiceError('TRACE_ENDED', 'the trace does not run any more; its settings cannot be changed');
	}

	function applyUpdate({ probes, leaseNs, filters: changed, bodies: _, ...limits }: PreparedUpdate): void {
		settings = { ...settings, ...limits, probes, leaseNs: leaseNs ?? settings.leaseNs };
		filters = changed;
		programs = native.programs();
		retention.bounds = boundsOf(settings);
		retention.evict(performance.now());
		native.setEventsPerSecond(settings.eventsPerSecond);
		native.setMaxEvents(settings.maxEvents);
		probes.forEach((_, i) => {
			applySampling(i);
		});
		followSlowest();
		if (leaseNs !== undefined) {
			lease.hold();
			runLease();
		}
		generation++;
		say({ kind: { $case: 'updated', value: { generation } } });
		// No batch may come any more that would say so.
		stopAtLimit();
	}

	async function detach(): Promise<void> {
		state = TraceState.STOPPING;
		lease.hold();
		clearTimeout(durationTimer);
		clearInterval(lookTimer);
		readers.notify();
		await native.stop();
		// It was being started, and that has failed.
		if (hasEnded()) return;
		const { failure } = native.snapshot();
		if (failure !== '') end = { reason: EndReason.FAILED, detail: failure };
		programs = native.programs();
		ended();
		onEnd(trace);
	}

	function ended(): void {
		state = TraceState.ENDED;
		endUnixNano = unixNanoNow();
		latest = undefined;
		runLease();
		readers.notify();
	}

	function hasEnded(): boolean {
		return state === TraceState.ENDED;
	}

	const trace: Trace = {
		id: randomBytes(16).toString('hex'),
		owner: identity.name,
		identity,
		grant,
		get settings() {
			return settings;
		},
		get filters() {
			return filters;
		},
		get generation() {
			return generation;
		},
		get state() {
			return state;
		},
		get end() {
			return end;
		},
		get startUnixNano() {
			return startUnixNano;
		},
		get endUnixNano() {
			return endUnixNano;
		},
		get leaseExpiresUnixNano() {
			return hasEnded() ? 0n : lease.expiresUnixNano;
		},
		get programs() {
			return programs;
		},
		get subscribers() {
			return readers.count;
		},
		get progress() {
			return readers.progress;
		},
		get retainedBytes() {
			return retention.bytes;
		},
		get oldestSequence() {
			return retention.oldestSequence;
		},
		get nextSequence() {
			return retention.nextSequence;
		},
		recordsFrom: (number) => records.from(number),
		recordNumberAt: (sequence) => records.numberAt(sequence),
		snapshot() {
			const nowMs = performance.now();
			const encoded = latest?.accounting.total?.encoded ?? -1n;
			if (
				latest === undefined ||
				nowMs - latestMs > SNAPSHOT_AGE_MS ||
				encoded < retention.nextSequence - 1n
			) {
				const snapshot = native.snapshot();
				latest = {
					accounting: accountingOf(snapshot, reportsMisses),
					watermarkUnixNano: snapshot.watermarkUnixNano,
					native: snapshot,
				};
				latestMs = nowMs;
			}
			return latest;
		},
		cost() {
			const until = endUnixNano === 0n ? unixNanoNow() : endUnixNano;
			return meter.costOf(trace.snapshot().native, {
				elapsedNs: startUnixNano === 0n ? 0n : until - startUnixNano,
				hasEnded: hasEnded(),
				memory: native.memory(),
				programs: state === TraceState.RUNNING ? native.programs() : programs,
				retainedBytes: retention.bytes,
				budget,
			});
		},
		batchAt: (sequence) => retention.at(sequence),
		subscribe: (position, onChange) => readers.join(position, onChange),
		async open() {
			try {
				programs = await native.open();
			} catch (error) {
				end = { reason: EndReason.FAILED, detail: error instanceof Error ? error.message : String(error) };
				stopping ??= Promise.resolve();
				ended();
				throw error;
			}
			startUnixNano = unixNanoNow();
			meter = createCostMeter(performance.now() * NS_PER_MS, settings.probes.length);
			// Stopped while it was being started.
			if (stopping !== undefined) return;
			state = TraceState.RUNNING;
			durationTimer = setTimeout(
				() => void trace.stop({ reason: EndReason.DURATION_REACHED, detail: '' }),
				nsToMs(settings.maxDurationNs),
			);
			lookTimer = setInterval(look, LOOK_MS);
			durationTimer.unref();
			lookTimer.unref();
			runLease();
		},
		update(prepare) {
			const turn = updating.then(async () => {
				requireRunning();
				const update = await prepare();
				requireRunning();
				// First, as it is the one step that can fail: the kernel may refuse them.
				if (update.bodies.length > 0) await native.replaceBodies(update.bodies);
				requireRunning();
				applyUpdate(update);
			});
			updating = turn.catch(() => undefined);
			return turn;
		},
		stop(why) {
			end ??= why;
			stopping ??= detach();
			return stopping;
		},
		release() {
			if (!hasEnded()) return;
			// Until then its timer would keep all of it in memory.
			lease.hold();
			retention.clear();
		},
	};
	return trace;
}

function boundsOf({ retentionBytes, retentionAgeNs }: TraceSettings) {
	return { maxBytes: retentionBytes, maxAgeMs: nsToMs(retentionAgeNs) };
}

/** Ends a trace because its owner says so. */
export function stopByCaller(trace: Trace): Promise<void> {
	return trace.stop({ reason: EndReason.STOPPED, detail: '' });
}
