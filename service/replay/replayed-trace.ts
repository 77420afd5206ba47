import type { handleServerStreamingCall, Server } from '@grpc/grpc-js';
import { takePage } from '../api/page.js';
import { type CallContext, failCall, unary } from '../api/unary.js';
import { callerOf } from '../auth/caller.js';
import { quoteInput, ServiceError } from '../error.js';
import type { RecordingHeader } from '../gen/sonde/v1/recording.js';
import { Trace, TraceState } from '../gen/sonde/v1/trace.js';
import {
	type GetTraceRequest,
	type ListTracesRequest,
	type StreamEventsRequest,
	StreamEventsResponse,
	TraceServiceService,
} from '../gen/sonde/v1/trace_service.js';
import { drained } from '../streaming/pump.js';
import { startSequence } from '../streaming/start-sequence.js';
import { parseStreamSettings } from '../streaming/stream-settings.js';
import { DEFAULT_NODE_LIMITS } from '../traces/node-limits.js';
import { isRecording } from './is-recording.js';
import type { RecordedTrace } from './recorded-trace.js';
import { replayMessages } from './replay-messages.js';

/** Messages leave as the bytes that were recorded. */
const DEFINITION = {
	...TraceServiceService,
	streamEvents: {
		...TraceServiceService.streamEvents,
		responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
	},
};

/** The streams of a recording. */
export interface ReplayedTrace {
	/** Each ends with its next message. */
	endStreams(): void;
}

/** Adds sonde.v1.TraceService, whose only trace is the recorded one. Every caller may read it. */
export function addReplayedTrace(
	server: Server,
	context: CallContext,
	header: RecordingHeader,
	recorded: RecordedTrace,
): ReplayedTrace {
	const trace = traceAtItsEnd(header, recorded);
	const ending = new AbortController();

	function check(traceId: string): void {
		if (traceId === trace.traceId) return;
		throw new ServiceError('TRACE_NOT_FOUND', `there is no trace ${quoteInput(traceId)}`);
	}

	server.addService(DEFINITION, {
		startTrace: unary(context, () => {
			throw isRecording('no trace can be started');
		}),
		updateTrace: unary(context, () => {
			throw isRecording('its trace cannot be changed');
		}),
		stopTrace: unary(context, () => {
			throw isRecording('its trace has ended');
		}),
		getTrace: unary(context, ({ traceId }: GetTraceRequest) => {
			check(traceId);
			return { trace };
		}),
		listTraces: unary(context, (request: ListTracesRequest) => {
			const all = [{ item: trace, key: trace.traceId, bytes: Trace.encode(trace).finish().length }];
			const { items, nextPageToken } = takePage(all, request);
			return { traces: items, nextPageToken };
		}),
		streamEvents: streamEvents(context, { header, recorded, trace, check, ending: ending.signal }),
	});
	return { endStreams: () => ending.abort() };
}

interface StreamInit {
	readonly header: RecordingHeader;
	readonly recorded: RecordedTrace;
	readonly trace: Trace;
	/** @throws ServiceError TRACE_NOT_FOUND. */
	readonly check: (traceId: string) => void;
	readonly ending: AbortSignal;
}

function streamEvents(
	context: CallContext,
	{ header, recorded, trace, check, ending }: StreamInit,
): handleServerStreamingCall<StreamEventsRequest, Uint8Array> {
	const epoch = header.node?.startUnixNano ?? 0n;
	const { last, oldestSequence } = recorded;
	const nextSequence = last === undefined ? oldestSequence : last.firstSequence + BigInt(last.eventCount);
	// Each stream holds one message, which is at most 64 MiB.
	const maxStreams = DEFAULT_NODE_LIMITS.subscribersPerTrace;
	let streams = 0;

	return async (call) => {
		let isCounted = false;
		try {
			const { request } = call;
			check(request.traceId);
			const start = startSequence(request, { id: trace.traceId, oldestSequence, nextSequence }, epoch);
			const { maxEvents } = parseStreamSettings(request, trace.backpressure);
			if (streams >= maxStreams) {
				throw new ServiceError(
					'TOO_MANY_STREAMS',
					`a recording may have ${maxStreams} streams: ${streams} are in use, 1 more was asked for`,
				);
			}
			streams++;
			isCounted = true;
			for await (const bytes of replayMessages(recorded, { start, maxEvents })) {
				if (call.cancelled || ending.aborted) break;
				if (!call.write(bytes)) await drained(call);
			}
			if (ending.aborted)
				throw new ServiceError('SHUTTING_DOWN', 'the replay of this recording is shutting down');
			call.end();
		} catch (error) {
			call.emit('error', failCall(error, { call, caller: callerOf(call), context }));
		} finally {
			if (isCounted) streams--;
		}
	};
}

/** The trace as callers find it: what was recorded is over, even where the trace went on. */
function traceAtItsEnd({ trace: recordedTrace }: RecordingHeader, { last }: RecordedTrace): Trace {
	const trace = recordedTrace ?? Trace.decode(new Uint8Array());
	const message = last && StreamEventsResponse.decode(last.bytes);
	const ended = message?.records.map(({ kind }) => kind).find((kind) => kind?.$case === 'ended')?.value;
	return {
		...trace,
		state: TraceState.ENDED,
		endReason: ended?.reason ?? 0,
		endDetail: ended === undefined ? 'the recording ends before the trace did' : ended.detail,
		leaseExpiresUnixNano: 0n,
		endUnixNano: message?.watermarkUnixNano ?? trace.startUnixNano,
		subscribers: 0,
		accounting: ended?.accounting ?? message?.accounting ?? trace.accounting,
		subscriptions: [],
	};
}
