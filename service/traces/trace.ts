import { randomBytes } from 'node:crypto';
import { nsToMs, unixNanoNow } from '../duration.js';
import { ServiceError } from '../error.js';
import type { Accounting } from '../gen/sonde/v1/accounting.js';
import { EndReason, TraceState } from '../gen/sonde/v1/trace.js';
import type { EventBatch, NativeTrace, ProgramInfo } from '../native.js';
import { accountingOf } from './accounting.js';
import { MAX_SUBSCRIBERS_PER_TRACE } from './limits.js';
import { createRetention, type RetainedBatch } from './retention.js';
import type { TraceSettings } from './settings.js';

/** A snapshot for a message may be this old: with tiny batches there are more messages than counters change. */
const SNAPSHOT_AGE_MS = 1;

/** One moment of a trace's counters. */
export interface TraceSnapshot {
	readonly accounting: Accounting;
	/** Up to when a trace with nothing to deliver is complete; 0 before the first look. */
	readonly watermarkUnixNano: bigint;
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
	readonly owner: string;
	readonly settings: TraceSettings;
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
	readonly retainedBytes: number;
	/** Sequence of the oldest event retained, and of the next one to come. */
	readonly oldestSequence: bigint;
	readonly nextSequence: bigint;
	/** Counters that are at most a millisecond old and know of all events that have been retained. */
	snapshot(): TraceSnapshot;
	/** As Retention.at. */
	batchAt(sequence: bigint): RetainedBatch | undefined;
	/**
	 * Adds a reader: while there is one, the lease does not run. `onChange` is called when there are events or an end.
	 *
	 * @returns what removes it again; may be called twice.
	 * @throws ServiceError TOO_MANY_STREAMS.
	 */
	subscribe(onChange: () => void): () => void;
	/** Resolves when nothing of it is left in the kernel and all events are retained. The first reason counts. */
	stop(end: TraceEnd): Promise<void>;
	/** Gives the memory of an ended trace back. */
	release(): void;
}

interface TraceInit {
	readonly owner: string;
	readonly settings: TraceSettings;
	readonly reportsMisses: boolean;
	/** Called once, when it has ended. */
	readonly onEnd: (trace: Trace) => void;
	readonly createNative: (onBatch: (batch: EventBatch) => void) => NativeTrace;
}

/**
 * Loads and attaches a trace.
 *
 * @throws what NativeTrace.open throws; nothing is then left in the kernel.
 */
export async function startTrace(init: TraceInit): Promise<Trace> {
	const { owner, settings, reportsMisses, onEnd } = init;
	const retention = createRetention(settings.retentionBytes);
	const readers = new Set<() => void>();
	let state = TraceState.STARTING;
	let end: TraceEnd | undefined;
	let endUnixNano = 0n;
	let leaseExpiresUnixNano = 0n;
	let leaseTimer: NodeJS.Timeout | undefined;
	let stopping: Promise<void> | undefined;
	let latest: TraceSnapshot | undefined;
	let latestMs = 0;

	const native = init.createNative((batch) => {
		retention.push(batch);
		notify();
	});

	function notify(): void {
		for (const onChange of readers) onChange();
	}

	function runLease(): void {
		clearTimeout(leaseTimer);
		leaseExpiresUnixNano = 0n;
		if (readers.size > 0) return;
		if (state === TraceState.RUNNING) leaseExpiresUnixNano = unixNanoNow() + settings.leaseNs;
		// Also after the end: a reader that lost its connection may come back for the rest.
		leaseTimer = setTimeout(() => {
			if (state === TraceState.ENDED) retention.clear();
			else void trace.stop({ reason: EndReason.LEASE_EXPIRED, detail: '' });
		}, nsToMs(settings.leaseNs));
		leaseTimer.unref();
	}

	async function detach(): Promise<void> {
		state = TraceState.STOPPING;
		leaseExpiresUnixNano = 0n;
		clearTimeout(leaseTimer);
		clearTimeout(durationTimer);
		notify();
		await native.stop();
		state = TraceState.ENDED;
		endUnixNano = unixNanoNow();
		latest = undefined;
		runLease();
		notify();
		onEnd(trace);
	}

	const programs = await native.open();
	state = TraceState.RUNNING;
	const startUnixNano = unixNanoNow();

	const trace: Trace = {
		id: randomBytes(16).toString('hex'),
		owner,
		settings,
		programs,
		startUnixNano,
		get state() {
			return state;
		},
		get end() {
			return end;
		},
		get endUnixNano() {
			return endUnixNano;
		},
		get leaseExpiresUnixNano() {
			return leaseExpiresUnixNano;
		},
		get subscribers() {
			return readers.size;
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
				};
				latestMs = nowMs;
			}
			return latest;
		},
		batchAt: (sequence) => retention.at(sequence),
		subscribe(onChange) {
			if (readers.size >= MAX_SUBSCRIBERS_PER_TRACE) {
				throw new ServiceError(
					'TOO_MANY_STREAMS',
					`the trace has ${readers.size} streams, the most that one may have is ${MAX_SUBSCRIBERS_PER_TRACE}`,
				);
			}
			readers.add(onChange);
			runLease();
			return () => {
				if (readers.delete(onChange) && readers.size === 0) runLease();
			};
		},
		stop(why) {
			end ??= why;
			stopping ??= detach();
			return stopping;
		},
		release() {
			if (state === TraceState.ENDED) retention.clear();
		},
	};
	const durationTimer = setTimeout(
		() => void trace.stop({ reason: EndReason.DURATION_REACHED, detail: '' }),
		nsToMs(settings.maxDurationNs),
	);
	durationTimer.unref();
	runLease();
	return trace;
}

/** Ends a trace because its owner says so. */
export function stopByCaller(trace: Trace): Promise<void> {
	return trace.stop({ reason: EndReason.STOPPED, detail: '' });
}
