import type { handleServerStreamingCall, Server, ServerWritableStream } from '@grpc/grpc-js';
import { createRequestRate } from '../abuse/request-rate.js';
import { type Caller, callerOf } from '../auth/caller.js';
import type { OpenCalls } from '../auth/open-calls.js';
import { invalidField, ServiceError } from '../error.js';
import { EndReason, Trace as TraceMessage, TraceState } from '../gen/sonde/v1/trace.js';
import {
	type GetTraceRequest,
	type ListTracesRequest,
	type StartTraceRequest,
	type StopTraceRequest,
	type StreamEventsRequest,
	TraceServiceService,
	type UpdateTraceRequest,
} from '../gen/sonde/v1/trace_service.js';
import type { NodeFacts } from '../node-facts.js';
import { createCostRecords } from '../streaming/cost-records.js';
import { type StreamMessage, writeMessage } from '../streaming/message.js';
import { createNewestDropper } from '../streaming/newest-dropper.js';
import { createWakeup, pump } from '../streaming/pump.js';
import { startSequence } from '../streaming/start-sequence.js';
import { createStoppableSink } from '../streaming/stoppable-sink.js';
import { parseStreamSettings } from '../streaming/stream-settings.js';
import type { StreamTotals } from '../streaming/stream-totals.js';
import { createSubscription } from '../streaming/subscription.js';
import type { TraceRegistry } from '../traces/registry.js';
import type { Trace } from '../traces/trace.js';
import { stopByCaller } from '../traces/trace.js';
import { takePage } from './page.js';
import { traceMessage } from './trace-message.js';
import { type CallContext, failCall, unary } from './unary.js';

/** Of one caller, twice as many at once: each is a line of the audit, which must not be pushed out of its files. */
const CHANGES_PER_SECOND = 100;
/** Longest trace id that is looked for; ours have 32 characters. */
const MAX_TRACE_ID_BYTES = 128;

interface TraceServiceInit extends CallContext {
	readonly registry: TraceRegistry;
	readonly node: NodeFacts;
	readonly streamTotals: StreamTotals;
	readonly openCalls: OpenCalls;
}

/** Events leave as the bytes that the addon made: they are never decoded or encoded here. */
const DEFINITION = {
	...TraceServiceService,
	streamEvents: { ...TraceServiceService.streamEvents, responseSerialize: writeMessage },
};

/** Adds sonde.v1.TraceService. */
export function addTraceService(server: Server, init: TraceServiceInit): void {
	const { registry, audit } = init;
	const changes = createRequestRate(CHANGES_PER_SECOND);

	function checkRate({ identity }: Caller): void {
		if (changes.take(identity.name)) return;
		throw new ServiceError(
			'TOO_MANY_REQUESTS',
			`one caller may start and update ${CHANGES_PER_SECOND} traces a second; wait, and try again`,
		);
	}

	function find(caller: Caller, traceId: string, purpose: 'see' | 'use'): Trace {
		if (traceId === '' || Buffer.byteLength(traceId) > MAX_TRACE_ID_BYTES) {
			throw invalidField('trace_id', traceId, 'the id of a trace, 32 hexadecimal digits');
		}
		return registry.find(caller, traceId, purpose);
	}

	server.addService(DEFINITION, {
		startTrace: unary(init, async (request: StartTraceRequest, caller) => {
			checkRate(caller);
			const start = () => registry.start(caller, request);
			const trace = await audit.change({ event: 'start', request, caller }, start, stopUnaudited);
			return { trace: traceMessage(trace) };
		}),
		updateTrace: unary(init, async (request: UpdateTraceRequest, caller) => {
			checkRate(caller);
			const update = async () => {
				const trace = find(caller, request.traceId, 'use');
				await registry.update(trace, request);
				return trace;
			};
			const trace = await audit.change({ event: 'update', request, caller }, update, stopUnaudited);
			return { trace: traceMessage(trace) };
		}),
		stopTrace: unary(init, async (request: StopTraceRequest, caller) => {
			// Stopping again changes nothing, and is not said again.
			const before = find(caller, request.traceId, 'use');
			if (before.state === TraceState.ENDED) return { trace: traceMessage(before) };
			let trace: TraceMessage | undefined;
			await audit.stop(request, caller, async () => {
				const found = find(caller, request.traceId, 'use');
				await stopByCaller(found);
				// Of this moment: readers leave with its end.
				trace = traceMessage(found);
				return found;
			});
			return { trace };
		}),
		getTrace: unary(init, ({ traceId }: GetTraceRequest, caller) => ({
			trace: traceMessage(find(caller, traceId, 'see')),
		})),
		listTraces: unary(init, (request: ListTracesRequest, caller) => {
			const { items, nextPageToken } = takePage(messagesOf(registry.shownTo(caller)), request);
			return { traces: items, nextPageToken };
		}),
		streamEvents: streamEvents(init, find),
	});
}

/** Resolves when the reader has taken all that was written, or has gone. */
function taken(call: ServerWritableStream<StreamEventsRequest, StreamMessage>): Promise<void> {
	return new Promise((resolve) => {
		if (call.cancelled || call.writableFinished) resolve();
		call.once('finish', resolve);
		call.once('cancelled', resolve);
	});
}

/** There is no way back from an update, so that the trace ends whichever change cannot be said. */
function stopUnaudited(trace: Trace): Promise<void> {
	return trace.stop({ reason: EndReason.FAILED, detail: 'the audit of the node could not be written' });
}

function* messagesOf(traces: readonly Trace[]) {
	for (const trace of traces) {
		const item = traceMessage(trace);
		// By start: two that start in the same millisecond are told apart by their ids.
		const key = `${String(trace.startUnixNano).padStart(20, '0')}-${trace.id}`;
		yield { item, key, bytes: TraceMessage.encode(item).finish().length };
	}
}

function streamEvents(
	{ node, registry, streamTotals: totals, openCalls, ...context }: TraceServiceInit,
	find: (caller: Caller, traceId: string, purpose: 'use') => Trace,
): handleServerStreamingCall<StreamEventsRequest, StreamMessage> {
	return async (call) => {
		const wakeup = createWakeup();
		const caller = callerOf(call);
		let leave = () => {};
		let refusal: ServiceError | undefined;
		try {
			const { request } = call;
			const trace = find(caller, request.traceId, 'use');
			context.audit.read(trace, caller);
			const start = startSequence(request, trace, node.epoch);
			const { bufferBytes, maxEvents, costIntervalNs } = parseStreamSettings(
				request,
				trace.settings.backpressure,
			);
			const buffer = bufferBytes === 0 ? undefined : createNewestDropper(trace, start, bufferBytes);
			const onChange = () => {
				buffer?.fill();
				wakeup.wake();
			};
			const [{ quotas }] = caller.roles;
			const owner = caller.identity.name;
			const reader = registry.subscribe(trace, { owner, quotas, position: start, bufferBytes, onChange });
			const sink = createStoppableSink(call);
			const unwatch = openCalls.watch(
				caller,
				(now) => find(now, trace.id, 'use'),
				(error) => {
					refusal = error;
					leave();
					sink.stop();
					wakeup.wake();
				},
			);
			leave = () => {
				unwatch();
				reader.leave();
				buffer?.clear();
			};
			buffer?.fill();
			call.once('cancelled', () => {
				leave();
				wakeup.wake();
			});
			const origin = { nodeId: node.nodeId, bootId: node.bootId, traceId: trace.id, epoch: node.epoch };
			const source = buffer ?? trace;
			const costs = createCostRecords(costIntervalNs, trace.cost);
			const onAdvance = reader.advance;
			const subscription = createSubscription({
				...{ trace, source, origin, start, maxEvents, costs, totals, onAdvance },
			});
			await pump(subscription, sink, wakeup);
			if (refusal !== undefined) throw refusal;
			call.end();
			// Until then its last messages hold memory, which counts as the stream's.
			await taken(call);
		} catch (error) {
			call.emit('error', failCall(error, { call, caller, context }));
		} finally {
			leave();
		}
	};
}
