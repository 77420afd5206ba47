import { fromBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
	type CheckFilterRequestSchema,
	type CheckFilterResponse,
	type GetNodeRequestSchema,
	type GetNodeResponse,
	type ListProbesRequestSchema,
	NodeService,
	type Probe,
} from './gen/sonde/v1/node_service_pb.js';
import type { Trace } from './gen/sonde/v1/trace_pb.js';
import {
	type GetTraceRequestSchema,
	type GetTraceResponse,
	type ListTracesRequestSchema,
	type StartTraceRequestSchema,
	type StartTraceResponse,
	type StopTraceRequestSchema,
	type StopTraceResponse,
	type StreamEventsRequestSchema,
	type StreamEventsResponse,
	StreamEventsResponseSchema,
	TraceService,
	type UpdateTraceRequestSchema,
	type UpdateTraceResponse,
} from './gen/sonde/v1/trace_service_pb.js';
import { paginate } from './paginate.js';
import { runTraceSession } from './trace-session.js';
import type { CallOptions, StreamOptions, Transport } from './transport.js';

/**
 * The calls of one node. Requests and answers are those of proto/sonde/v1; nothing is repeated on failure. Every
 * failure is a SondeError, except an abort, which throws the signal's reason.
 */
export interface SondeClient {
	/** The node, as it was given: host:port or unix:/path. */
	readonly address: string;
	startTrace(
		request: MessageInitShape<typeof StartTraceRequestSchema>,
		options?: CallOptions,
	): Promise<StartTraceResponse>;
	updateTrace(
		request: MessageInitShape<typeof UpdateTraceRequestSchema>,
		options?: CallOptions,
	): Promise<UpdateTraceResponse>;
	stopTrace(
		request: MessageInitShape<typeof StopTraceRequestSchema>,
		options?: CallOptions,
	): Promise<StopTraceResponse>;
	getTrace(
		request: MessageInitShape<typeof GetTraceRequestSchema>,
		options?: CallOptions,
	): Promise<GetTraceResponse>;
	/** The caller's traces, oldest first, over all pages; the options hold for each page. */
	listTraces(
		request?: MessageInitShape<typeof ListTracesRequestSchema>,
		options?: CallOptions,
	): AsyncIterable<Trace>;
	getNode(
		request?: MessageInitShape<typeof GetNodeRequestSchema>,
		options?: CallOptions,
	): Promise<GetNodeResponse>;
	/** The catalogue, by id, over all pages; the options hold for each page. */
	listProbes(
		request?: MessageInitShape<typeof ListProbesRequestSchema>,
		options?: CallOptions,
	): AsyncIterable<Probe>;
	checkFilter(
		request: MessageInitShape<typeof CheckFilterRequestSchema>,
		options?: CallOptions,
	): Promise<CheckFilterResponse>;
	/**
	 * The messages of a trace, decoded. Reads ahead by at most 16 messages and 8 MiB: a slow reader slows the node's
	 * sending down, not the trace. Leaving the loop ends the stream; the trace lives on for its lease.
	 */
	streamEvents(
		request: MessageInitShape<typeof StreamEventsRequestSchema>,
		options?: StreamOptions,
	): AsyncIterable<StreamEventsResponse>;
	/** The same, each message as the bytes of a StreamEventsResponse; decodeEnvelope reads them without the events. */
	streamRaw(
		request: MessageInitShape<typeof StreamEventsRequestSchema>,
		options?: StreamOptions,
	): AsyncIterable<Uint8Array>;
	/** Starts a trace and streams it; stops it when the loop is left, by break, throw or abort. */
	trace(
		request: MessageInitShape<typeof StartTraceRequestSchema>,
		options?: StreamOptions,
	): AsyncIterable<StreamEventsResponse>;
	/** Ends the connection when the calls under way are done. May be called twice. */
	close(): void;
}

/** Makes the calls of the node at `address` (host:port or unix:/path). */
export function createSondeClient(transport: Transport, address: string): SondeClient {
	const streamRaw: SondeClient['streamRaw'] = (request, options) =>
		transport.serverStream(TraceService.method.streamEvents, request, options);
	const client: SondeClient = {
		address,
		startTrace: (request, options) => transport.unary(TraceService.method.startTrace, request, options),
		updateTrace: (request, options) => transport.unary(TraceService.method.updateTrace, request, options),
		stopTrace: (request, options) => transport.unary(TraceService.method.stopTrace, request, options),
		getTrace: (request, options) => transport.unary(TraceService.method.getTrace, request, options),
		listTraces: ({ pageSize = 0, pageToken = '' } = {}, options = {}) =>
			paginate(pageToken, async (token) => {
				const request = { pageSize, pageToken: token };
				const answer = await transport.unary(TraceService.method.listTraces, request, options);
				return { items: answer.traces, nextPageToken: answer.nextPageToken };
			}),
		getNode: (request = {}, options = {}) => transport.unary(NodeService.method.getNode, request, options),
		listProbes: ({ pageSize = 0, pageToken = '' } = {}, options = {}) =>
			paginate(pageToken, async (token) => {
				const request = { pageSize, pageToken: token };
				const answer = await transport.unary(NodeService.method.listProbes, request, options);
				return { items: answer.probes, nextPageToken: answer.nextPageToken };
			}),
		checkFilter: (request, options) => transport.unary(NodeService.method.checkFilter, request, options),
		streamRaw,
		streamEvents: (request, options) => decodeAll(streamRaw(request, options)),
		trace: (request, options = {}) => runTraceSession(client, request, options),
		close: () => transport.close(),
	};
	return client;
}

async function* decodeAll(messages: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEventsResponse, void> {
	for await (const bytes of messages) yield fromBinary(StreamEventsResponseSchema, bytes);
}
