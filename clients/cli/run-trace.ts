import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
	AccountingSchema,
	type EndedRecord,
	EndReason,
	type GapRecord,
	type SondeClient,
	type StartTraceRequestSchema,
	type StreamEventsResponse,
	type SubscriptionCounts,
	type Trace,
} from '../typescript/index.js';
import { type FinalAccounting, sumUp } from './accounting-line.js';
import { CliError } from './cli-error.js';
import type { TraceOutput } from './trace-output.js';

/** Time to stop a trace whose stream has failed, ms: the node is probably gone, and then the lease ends the trace. */
const STOP_AFTER_FAILURE_MS = 5_000;

export interface RunTraceOptions {
	readonly client: Pick<SondeClient, 'startTrace' | 'stopTrace' | 'streamRaw'>;
	readonly request: MessageInitShape<typeof StartTraceRequestSchema>;
	/** Stops the trace after so many events; 0: never. */
	readonly maxEvents: bigint;
	/** Stops the trace so long after its start, milliseconds; undefined: never. */
	readonly durationMs: number | undefined;
	readonly output: TraceOutput;
	/** Stops the trace; what it captured before is still shown. */
	readonly stop: AbortSignal;
	/** Nobody reads the output any more: stops the trace and shows nothing more. */
	readonly outputClosed: AbortSignal;
	/** Called for what this reader has lost. */
	readonly onGap: (gap: GapRecord) => void;
}

/** How a trace ended, and what became of its events. */
export interface TraceEnd {
	readonly accounting: FinalAccounting;
	/** A sentence on why it ended, where the reason alone does not say it. */
	readonly detail: string;
}

/**
 * Starts a trace, shows its events and stops it. When this returns, or throws anything but the failure of the stop
 * itself, nothing of the trace is left on a node that can be reached.
 *
 * @throws SondeError when a call fails.
 */
export async function runTrace(options: RunTraceOptions): Promise<TraceEnd> {
	const { client, output, outputClosed } = options;
	const { trace } = await client.startTrace(options.request);
	if (trace === undefined) throw new CliError('the node started a trace without saying which');
	const { traceId } = trace;

	const cut = new AbortController();
	const over = new AbortController();
	let stopping: Promise<Trace | undefined> | undefined;
	const stop = () => {
		if (stopping === undefined) {
			stopping = client.stopTrace({ traceId }).then((answer) => answer.trace);
			// Without the stop the stream would not end either.
			stopping.catch((error: unknown) => cut.abort(error));
		}
		return stopping;
	};
	const timer = options.durationMs === undefined ? undefined : setTimeout(stop, options.durationMs);
	whenAborted(options.stop, stop, over.signal);
	whenAborted(outputClosed, () => cut.abort(), over.signal);

	const tally = createTally(options.onGap);
	try {
		await output.begin(trace);
		const stream = client.streamRaw({ traceId, maxEvents: options.maxEvents }, { signal: cut.signal });
		for await (const bytes of stream) {
			const message = output.decode(bytes);
			tally.add(message);
			await output.show(message, bytes.byteLength);
		}
	} catch (error) {
		if (!outputClosed.aborted) {
			if (stopping === undefined && tally.ended === undefined) {
				await client.stopTrace({ traceId }, { timeoutMs: STOP_AFTER_FAILURE_MS }).catch(() => undefined);
			}
			throw error;
		}
	} finally {
		clearTimeout(timer);
		over.abort();
	}

	const { ended, subscription, received } = tally;
	const stopped = ended === undefined ? await stop() : undefined;
	await output.end();
	const accounting = ended?.accounting ?? stopped?.accounting ?? create(AccountingSchema);
	if (subscription !== undefined) accounting.subscription = subscription;
	const reason = ended?.reason ?? stopped?.endReason ?? EndReason.UNSPECIFIED;
	return {
		accounting: sumUp(accounting, reason, received),
		detail: ended?.detail ?? stopped?.endDetail ?? '',
	};
}

interface Tally {
	readonly ended: EndedRecord | undefined;
	/** As of the last message. */
	readonly subscription: SubscriptionCounts | undefined;
	/** Events that came. */
	readonly received: bigint;
	add(message: StreamEventsResponse): void;
}

function createTally(onGap: (gap: GapRecord) => void): Tally {
	let ended: EndedRecord | undefined;
	let subscription: SubscriptionCounts | undefined;
	let received = 0n;
	return {
		get ended() {
			return ended;
		},
		get subscription() {
			return subscription;
		},
		get received() {
			return received;
		},
		add({ accounting, eventCount, records }) {
			subscription = accounting?.subscription ?? subscription;
			received += BigInt(eventCount);
			for (const { kind } of records) {
				if (kind.case === 'gap') onGap(kind.value);
				if (kind.case !== 'ended') continue;
				ended = kind.value;
				subscription = kind.value.accounting?.subscription ?? subscription;
			}
		},
	};
}

function whenAborted(signal: AbortSignal, action: () => void, unless: AbortSignal): void {
	if (signal.aborted) action();
	else signal.addEventListener('abort', action, { once: true, signal: unless });
}
