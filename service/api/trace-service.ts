import type { handleServerStreamingCall, Server } from '@grpc/grpc-js';
import { principalOf } from '../auth/interceptor.js';
import { invalidField } from '../error.js';
import { Trace as TraceMessage } from '../gen/sonde/v1/trace.js';
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
import { parseStreamSettings } from '../streaming/stream-settings.js';
import type { StreamTotals } from '../streaming/stream-totals.js';
import { createSubscription } from '../streaming/subscription.js';
import type { TraceRegistry } from '../traces/registry.js';
import type { Trace } from '../traces/trace.js';
import { stopByCaller } from '../traces/trace.js';
import { takePage } from './page.js';
import { traceMessage } from './trace-message.js';
import { type CallContext, failCall, unary } from './unary.js';

/** Longest trace id that is looked for; ours have 32 characters. */
const MAX_TRACE_ID_BYTES = 128;

interface TraceServiceInit extends CallContext {
	readonly registry: TraceRegistry;
	readonly node: NodeFacts;
	readonly streamTotals: StreamTotals;
}

/** Events leave as the bytes that the addon made: they are never decoded or encoded here. */
const DEFINITION = {
	...TraceServiceService,
	streamEvents: { ...TraceServiceService.streamEvents, responseSerialize: writeMessage },
};

/** Adds sonde.v1.TraceService. */
export function addTraceService(server: Server, init: TraceServiceInit): void {
	const { registry } = init;

	function find(principal: string, traceId: string): Trace {
		if (traceId === '' || Buffer.byteLength(traceId) > MAX_TRACE_ID_BYTES) {
			throw invalidField('trace_id', traceId, 'the id of a trace, 32 hexadecimal digits');
		}
		return registry.find(principal, traceId);
	}

	server.addService(DEFINITION, {
		startTrace: unary(init, async (request: StartTraceRequest, principal) => ({
			trace: traceMessage(await registry.start(principal, request)),
		})),
		updateTrace: unary(init, async (request: UpdateTraceRequest, principal) => {
			const trace = find(principal, request.traceId);
			await registry.update(trace, request);
			return { trace: traceMessage(trace) };
		}),
		stopTrace: unary(init, async ({ traceId }: StopTraceRequest, principal) => {
			const trace = find(principal, traceId);
			await stopByCaller(trace);
			return { trace: traceMessage(trace) };
		}),
		getTrace: unary(init, ({ traceId }: GetTraceRequest, principal) => ({
			trace: traceMessage(find(principal, traceId)),
		})),
		listTraces: unary(init, (request: ListTracesRequest, principal) => {
			const { items, nextPageToken } = takePage(messagesOf(registry.ofOwner(principal)), request);
			return { traces: items, nextPageToken };
		}),
		streamEvents: streamEvents(init, find),
	});
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
	{ listener, log, node, registry, streamTotals: totals }: TraceServiceInit,
	find: (principal: string, traceId: string) => Trace,
): handleServerStreamingCall<StreamEventsRequest, StreamMessage> {
	return async (call) => {
		const wakeup = createWakeup();
		let leave = () => {};
		try {
			const principal = principalOf(listener, call);
			const { request } = call;
			const trace = find(principal, request.traceId);
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
			const reader = registry.subscribe(trace, { owner: principal, position: start, bufferBytes, onChange });
			leave = () => {
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
			await pump(subscription, call, wakeup);
			call.end();
		} catch (error) {
			call.emit('error', failCall(error, call, log));
		} finally {
			leave();
		}
	};
}
