import { setTimeout as sleep } from 'node:timers/promises';
import { fromBinary } from '@bufbuild/protobuf';
import {
	Backpressure,
	connect,
	decodeEnvelope,
	StartPosition,
	type StreamEventsRequestSchema,
	StreamEventsResponseSchema,
	TraceState,
} from '../../clients/typescript/index.js';
import { startChild } from '../e2e/child.js';
import { openRawReader } from '../e2e/raw-reader.js';
import type { SoakContext } from './context.js';
import { createFollower, type Follower } from './follower.js';
import type { Init } from './init.js';
import type { Ledger } from './ledger.js';
import { READER } from './node.js';
import type { ReaderPlan, Segment } from './plan.js';
import { inScope } from './scope.js';

type StreamRequest = Init<typeof StreamEventsRequestSchema>;

/** A reader's part of a life. */
export interface Reading {
	readonly context: SoakContext;
	readonly ledger: Ledger;
	readonly plan: ReaderPlan;
	/** Names it in what is printed. */
	readonly where: string;
	/** Nothing may be lost to it while the trace runs. */
	readonly losesNothing: boolean;
	/** Ends it, whatever it does. */
	readonly leave: AbortSignal;
	/** The trace has ended or is about to: no more waiting. */
	readonly hurry: AbortSignal;
}

/** Reads as planned; resolves when it is over. */
export async function read(reading: Reading): Promise<void> {
	const { plan, leave, hurry } = reading;
	await rest(plan.startMs, leave, hurry);
	if (leave.aborted) return;
	switch (plan.kind) {
		case 'follow':
			return follow(reading);
		case 'stall':
			return stall(reading);
		case 'process':
			return readInProcess(reading);
	}
}

async function follow(reading: Reading): Promise<void> {
	const { context, ledger, plan, where, leave, hurry } = reading;
	const follower = createFollower(ledger, context.checks, where);
	for (const segment of plan.segments) {
		context.tally.did(follower.messages === 0 ? 'stream' : `resume by ${segment.resumeBy}`);
		context.tally.openStreams++;
		try {
			await readSegment(reading, follower, segment);
		} finally {
			context.tally.openStreams--;
		}
		if (follower.isDone || leave.aborted) return;
		await rest(segment.pauseMs, leave, hurry);
	}
}

async function readSegment(reading: Reading, follower: Follower, segment: Segment): Promise<void> {
	const { context, ledger, plan, where, leave, hurry } = reading;
	const { address, identity, streams } = context.node;
	const client = segment.ownConnection ? connect({ address, identity }) : streams;
	const request = requestOf(ledger.id, plan, follower, segment);
	follower.connect(segment.maxEvents);
	let left = segment.messages;
	let lost = Number.POSITIVE_INFINITY;
	try {
		for await (const bytes of client.streamRaw(request, { signal: leave })) {
			const message = plan.decodes ? fromBinary(StreamEventsResponseSchema, bytes) : decodeEnvelope(bytes);
			follower.take(message, plan.decodes);
			// Not the first of a connection: what the one before had on its way when it was cut may be gone.
			if (reading.losesNothing) await checkLoss(reading, follower.lost > lost);
			lost = Number(follower.lost);
			if (--left <= 0 && !follower.isDone) {
				context.tally.did('cut');
				return;
			}
			if (segment.delayMs > 0) await rest(segment.delayMs, leave, hurry);
		}
		follower.ended();
	} catch (error) {
		if (leave.aborted) return;
		context.checks.expect('answered', false, () => `${where}: stream: ${String(error)}`);
	} finally {
		if (segment.ownConnection) client.close();
	}
}

/** What an ended trace retained is given up after its lease: only one that still runs must have kept everything. */
async function checkLoss({ context, ledger, where }: Reading, hasLost: boolean): Promise<void> {
	const state = hasLost ? await stateOf(context, ledger) : undefined;
	context.checks.expect(
		'noLoss',
		state !== TraceState.RUNNING,
		() => `${where}: events were lost to the only reader of a trace that pauses`,
	);
}

async function stateOf({ node }: SoakContext, { id }: Ledger): Promise<TraceState | undefined> {
	const { trace } = await node.client.getTrace({ traceId: id });
	return trace?.state;
}

/** Reads nothing for a time, with the smallest window there is. */
async function stall(reading: Reading): Promise<void> {
	const { context, ledger, plan, where, leave, hurry } = reading;
	const follower = createFollower(ledger, context.checks, where);
	context.tally.did('stalled stream');
	context.tally.openStreams++;
	try {
		await inScope(async (scope) => {
			follower.connect(0);
			const raw = openRawReader(scope, context.node, requestOf(ledger.id, plan, follower));
			await rest(plan.holdMs, leave, hurry);
			if (!plan.readsInTheEnd || leave.aborted) return;
			const messages = await Promise.race([raw.readAll(), untilAborted(leave)]);
			if (messages === undefined) return;
			for (const message of messages) follower.take(message, true);
			follower.ended();
		});
	} finally {
		context.tally.openStreams--;
	}
}

/** In a process that is killed. */
async function readInProcess({ context, ledger, plan, where, leave, hurry }: Reading): Promise<void> {
	const { address, identity } = context.node;
	context.tally.did('client process');
	context.tally.openStreams++;
	try {
		await inScope(async (scope) => {
			const child = startChild(scope, process.execPath, [READER, address, identity, ledger.id]);
			const begun = child.untilStdout(/reading/).catch((error: unknown) => {
				const isOver = leave.aborted || ledger.isEnded || child.process.killed;
				context.checks.expect('answered', isOver, () => `${where}: ${String(error)}`);
			});
			await Promise.race([begun, untilAborted(leave)]);
			await rest(plan.holdMs, leave, hurry);
			context.tally.did('kill -9');
			child.process.kill('SIGKILL');
		});
	} finally {
		context.tally.openStreams--;
	}
}

function requestOf(traceId: string, plan: ReaderPlan, follower: Follower, segment?: Segment): StreamRequest {
	const { bufferBytes, costIntervalMs } = plan;
	return {
		traceId,
		...startOf(plan, follower, segment),
		...(segment === undefined ? {} : { maxEvents: BigInt(segment.maxEvents) }),
		...(bufferBytes === 0 ? {} : { bufferBytes, backpressure: Backpressure.DROP_NEWEST }),
		...(costIntervalMs === 0 ? {} : { costInterval: durationOf(costIntervalMs) }),
	};
}

function startOf(
	plan: ReaderPlan,
	{ cursor, sequence }: Follower,
	segment?: Segment,
): Partial<StreamRequest> {
	if (cursor === undefined || sequence === undefined)
		return plan.isLate ? { start: { case: 'position', value: StartPosition.LATEST } } : {};
	return segment?.resumeBy === 'sequence'
		? { start: { case: 'afterSequence', value: sequence } }
		: { start: { case: 'cursor', value: cursor } };
}

function durationOf(ms: number) {
	return { seconds: BigInt(Math.floor(ms / 1_000)), nanos: (ms % 1_000) * 1_000_000 };
}

/** Sleeps; wakes at once when one of the signals says so. */
export async function rest(ms: number, ...signals: AbortSignal[]): Promise<void> {
	await sleep(ms, undefined, { signal: AbortSignal.any(signals) }).catch(() => undefined);
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve(undefined);
		else signal.addEventListener('abort', () => resolve(undefined), { once: true });
	});
}
