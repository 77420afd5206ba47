import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	create,
	type DescMessage,
	type DescMethodServerStreaming,
	type DescMethodUnary,
	fromBinary,
	type MessageInitShape,
	type MessageShape,
	toBinary,
} from '@bufbuild/protobuf';
import {
	Metadata,
	Server,
	ServerCredentials,
	ServerInterceptingCall,
	type ServerUnaryCall,
	type ServerWritableStream,
	type sendUnaryData,
	status,
} from '@grpc/grpc-js';
import {
	type AccountingSchema,
	EndReason,
	NodeService,
	type ProbeSchema,
	type StartTraceRequest,
	type StreamEventsRequest,
	type StreamEventsResponseSchema,
	type TraceSchema,
	TraceService,
	TraceState,
} from '../typescript/index.js';
import { createTestIdentities } from './test-identities.js';

type Message = MessageInitShape<typeof StreamEventsResponseSchema>;

/** A call of a fake node fails with this. */
export class FakeFailure extends Error {
	constructor(
		readonly code: status,
		message: string,
		/** An encoded google.rpc.Status. */
		readonly details?: Uint8Array,
	) {
		super(message);
	}
}

/** What a fake node answers. */
export interface FakeNodeOptions {
	/** Sent to every stream; sending waits while the client does not read. Default: none. */
	readonly messages?: Iterable<Message> | undefined;
	/** Accounting of the trace when it is stopped. */
	readonly accounting?: MessageInitShape<typeof AccountingSchema> | undefined;
	readonly traces?: readonly MessageInitShape<typeof TraceSchema>[] | undefined;
	readonly probes?: readonly MessageInitShape<typeof ProbeSchema>[] | undefined;
	/** The stream breaks with this after the messages. */
	readonly streamFailure?: FakeFailure | undefined;
	readonly startFailure?: FakeFailure | undefined;
	readonly stopFailure?: FakeFailure | undefined;
	/** Listen on this unix socket too, without TLS. */
	readonly unixSocket?: string | undefined;
	/** Whether callers need a certificate over TCP. Default: true. */
	readonly needsCertificate?: boolean | undefined;
}

/** A gRPC server in this process that behaves as a node towards one client, over mutual TLS. */
export interface FakeNode {
	/** 127.0.0.1:port. */
	readonly address: string;
	/** Directory with the identity of a client. */
	readonly identity: string;
	readonly starts: readonly StartTraceRequest[];
	/** Ids of the traces that were stopped, in order. */
	readonly stops: readonly string[];
	readonly streams: readonly StreamEventsRequest[];
	/** The authorization header of each call, in order; undefined: it had none. */
	readonly authorizations: readonly (string | undefined)[];
	/** Messages written so far, over all streams. */
	readonly written: () => number;
	close(): void;
}

export const FAKE_TRACE_ID = '0123456789abcdef0123456789abcdef';

/** Starts a fake node; the client's identity is written to `directory`/identity. */
export async function startFakeNode(directory: string, options: FakeNodeOptions = {}): Promise<FakeNode> {
	const identities = await createTestIdentities();
	const identity = join(directory, 'identity');
	mkdirSync(identity, { recursive: true });
	writeFileSync(join(identity, 'ca.pem'), identities.client.ca);
	writeFileSync(join(identity, 'cert.pem'), identities.client.cert);
	writeFileSync(join(identity, 'key.pem'), identities.client.key);

	const starts: StartTraceRequest[] = [];
	const stops: string[] = [];
	const streams: StreamEventsRequest[] = [];
	const stopped = new AbortController();
	let written = 0;

	const authorizations: (string | undefined)[] = [];
	const server = new Server({
		interceptors: [
			(_, call) =>
				new ServerInterceptingCall(call, {
					start: (next) =>
						next({
							onReceiveMetadata(metadata, proceed) {
								authorizations.push(metadata.get('authorization')[0]?.toString());
								proceed(metadata);
							},
						}),
				}),
		],
	});
	const ended = {
		traceId: FAKE_TRACE_ID,
		state: TraceState.ENDED,
		endReason: EndReason.STOPPED,
		accounting: options.accounting ?? {},
	};

	unary(server, TraceService.method.startTrace, (request) => {
		starts.push(request);
		if (options.startFailure !== undefined) throw options.startFailure;
		const probes = request.probes.map((spec) => ({ spec }));
		return { trace: { traceId: FAKE_TRACE_ID, state: TraceState.RUNNING, probes } };
	});
	unary(server, TraceService.method.stopTrace, ({ traceId }) => {
		stops.push(traceId);
		if (options.stopFailure !== undefined) throw options.stopFailure;
		if (traceId !== FAKE_TRACE_ID) throw new FakeFailure(status.NOT_FOUND, `there is no trace "${traceId}"`);
		stopped.abort();
		return { trace: ended };
	});
	unary(server, TraceService.method.listTraces, ({ pageToken }) => page('traces', options.traces, pageToken));
	unary(server, NodeService.method.listProbes, ({ pageToken }) => page('probes', options.probes, pageToken));
	unary(server, NodeService.method.getNode, () => ({ node: { nodeId: 'fake' } }));
	serverStream(server, TraceService.method.streamEvents, async (request, write) => {
		streams.push(request);
		let events = 0n;
		for (const message of options.messages ?? []) {
			if (stopped.signal.aborted) break;
			await write(message);
			written++;
			events += BigInt(message.eventCount ?? 0);
			if (request.maxEvents !== 0n && events >= request.maxEvents) return;
		}
		if (options.streamFailure !== undefined) throw options.streamFailure;
		if (!stopped.signal.aborted) await once(stopped.signal, 'abort');
		const kind = {
			case: 'ended' as const,
			value: { reason: EndReason.STOPPED, accounting: options.accounting ?? {} },
		};
		await write({ accounting: options.accounting ?? {}, records: [{ kind }] });
	});

	const bind = (address: string, credentials: ServerCredentials) =>
		new Promise<number>((resolve, reject) => {
			server.bindAsync(address, credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
		});
	const { ca, cert, key } = identities.server;
	const port = await bind(
		'127.0.0.1:0',
		ServerCredentials.createSsl(
			Buffer.from(ca),
			[{ cert_chain: Buffer.from(cert), private_key: Buffer.from(key) }],
			options.needsCertificate ?? true,
		),
	);
	if (options.unixSocket !== undefined) {
		await bind(`unix:${options.unixSocket}`, ServerCredentials.createInsecure());
	}
	return {
		address: `127.0.0.1:${port}`,
		identity,
		starts,
		stops,
		streams,
		authorizations,
		written: () => written,
		close: () => server.forceShutdown(),
	};
}

/** Pages of one item, so that clients have to turn them. */
function page<Name extends string, Item>(name: Name, items: readonly Item[] = [], token: string) {
	const index = Number(token);
	const nextPageToken = index + 1 < items.length ? String(index + 1) : '';
	return { [name]: items.slice(index, index + 1), nextPageToken };
}

function unary<I extends DescMessage, O extends DescMessage>(
	server: Server,
	method: DescMethodUnary<I, O>,
	answer: (request: MessageShape<I>) => MessageInitShape<O>,
): void {
	server.register<MessageShape<I>, MessageShape<O>>(
		`/${method.parent.typeName}/${method.name}`,
		(call: ServerUnaryCall<MessageShape<I>, MessageShape<O>>, callback: sendUnaryData<MessageShape<O>>) => {
			try {
				callback(null, create(method.output, answer(call.request)));
			} catch (error) {
				callback(toStatus(error));
			}
		},
		(message) => Buffer.from(toBinary(method.output, message)),
		(bytes) => fromBinary(method.input, bytes),
		'unary',
	);
}

function serverStream<I extends DescMessage, O extends DescMessage>(
	server: Server,
	method: DescMethodServerStreaming<I, O>,
	run: (request: MessageShape<I>, write: (message: MessageInitShape<O>) => Promise<void>) => Promise<void>,
): void {
	server.register<MessageShape<I>, MessageShape<O>>(
		`/${method.parent.typeName}/${method.name}`,
		(call: ServerWritableStream<MessageShape<I>, MessageShape<O>>) => {
			const gone = new AbortController();
			call.on('cancelled', () => gone.abort());
			const write = async (message: MessageInitShape<O>) => {
				if (!call.write(create(method.output, message))) {
					await once(call, 'drain', { signal: gone.signal });
				}
				gone.signal.throwIfAborted();
			};
			run(call.request, write).then(
				() => call.end(),
				(error: unknown) => {
					if (!gone.signal.aborted) call.emit('error', toStatus(error));
				},
			);
		},
		(message) => Buffer.from(toBinary(method.output, message)),
		(bytes) => fromBinary(method.input, bytes),
		'serverStream',
	);
}

function toStatus(error: unknown) {
	const metadata = new Metadata();
	if (!(error instanceof FakeFailure)) return { code: status.INTERNAL, details: String(error), metadata };
	if (error.details !== undefined) metadata.set('grpc-status-details-bin', Buffer.from(error.details));
	return { code: error.code, details: error.message, metadata };
}
