import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
	AccountingSchema,
	EndReason,
	type GetTraceResponse,
	type SondeClient,
	type StartTraceRequestSchema,
	type StreamEventsRequestSchema,
	type Trace,
} from '../typescript/index.js';
import { type FinalAccounting, sumUp } from './accounting-line.js';
import { CliError } from './cli-error.js';
import type { Recorder } from './recorder.js';
import { showMessage, type Viewer } from './show-message.js';
import { createTally } from './tally.js';

/** Time to stop a trace whose stream has failed, ms: the node is probably gone, and then the lease ends the trace. */
const STOP_AFTER_FAILURE_MS = 5_000;

export interface FollowOptions extends Viewer {
	readonly client: Pick<SondeClient, 'startTrace' | 'stopTrace' | 'getTrace' | 'streamRaw'>;
	/** A trace that is started, and then stopped at the end; or one that is there and is left as it is. */
	readonly trace:
		| { readonly start: MessageInitShape<typeof StartTraceRequestSchema> }
		| { readonly resume: GetTraceResponse };
	/** How to read it: all but the id. With `maxEvents`, a trace of ours is stopped after them. */
	readonly stream: MessageInitShape<typeof StreamEventsRequestSchema>;
	/** Ends so long after the start, milliseconds; undefined: never. */
	readonly durationMs: number | undefined;
	/** Gets every message before it is shown. */
	readonly recorder?: Recorder | undefined;
	/** Ends it; what was captured before is still shown. */
	readonly stop: AbortSignal;
	/** Nobody reads the output any more: ends it and shows nothing more. */
	readonly outputClosed: AbortSignal;
}

/** How a trace ended, and what became of its events. */
export interface TraceEnd {
	readonly accounting: FinalAccounting;
	/** A sentence on why it ended, where the reason alone does not say it. */
	readonly detail: string;
}

/**
 * Shows the events of a trace. When this returns, or throws anything but the failure of the stop itself, nothing of a trace
 * that it started is left on a node that can be reached.
 *
 * @throws SondeError when a call fails; what output and recorder throw when they cannot write.
 */
export async function followTrace(options: FollowOptions): Promise<TraceEnd> {
	const { client, output, outputClosed } = options;
	const isOurs = 'start' in options.trace;
	const { trace } =
		'start' in options.trace ? await client.startTrace(options.trace.start) : options.trace.resume;
	if (trace === undefined) throw new CliError('the node started a trace without saying which');
	const { traceId } = trace;

	const cut = new AbortController();
	const over = new AbortController();
	let ending: Promise<Trace | undefined> | undefined;
	const end = () => {
		if (ending === undefined) {
			ending = (isOurs ? client.stopTrace({ traceId }) : client.getTrace({ traceId })).then(
				(answer) => answer.trace,
			);
			// Without the stop the stream would not end either.
			ending.catch((error: unknown) => cut.abort(error));
			if (!isOurs) cut.abort();
		}
		return ending;
	};
	const timer = options.durationMs === undefined ? undefined : setTimeout(end, options.durationMs);
	whenAborted(options.stop, end, over.signal);
	whenAborted(outputClosed, () => cut.abort(), over.signal);

	const tally = createTally();
	try {
		await options.recorder?.begin(trace);
		await output.begin(trace);
		const stream = client.streamRaw({ ...options.stream, traceId }, { signal: cut.signal });
		for await (const bytes of stream) {
			await options.recorder?.write(bytes);
			await showMessage(bytes, options, tally);
		}
	} catch (error) {
		const isLeft = !isOurs && ending !== undefined;
		if (!outputClosed.aborted && !isLeft) {
			if (isOurs && ending === undefined && tally.ended === undefined) {
				await client.stopTrace({ traceId }, { timeoutMs: STOP_AFTER_FAILURE_MS }).catch(() => undefined);
			}
			throw error;
		}
	} finally {
		clearTimeout(timer);
		over.abort();
	}

	const { ended, subscription, received } = tally;
	const last = ended === undefined ? await end() : undefined;
	await output.end();
	const accounting = ended?.accounting ?? last?.accounting ?? create(AccountingSchema);
	if (subscription !== undefined) accounting.subscription = subscription;
	const reason = ended?.reason ?? last?.endReason ?? EndReason.UNSPECIFIED;
	return {
		accounting: sumUp(accounting, reason, received),
		detail: ended?.detail ?? last?.endDetail ?? '',
	};
}

function whenAborted(signal: AbortSignal, action: () => void, unless: AbortSignal): void {
	if (signal.aborted) action();
	else signal.addEventListener('abort', action, { once: true, signal: unless });
}
