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
import type { Client } from '@grpc/grpc-js';
import { SondeError } from './sonde-error.js';
import { callMetadata, type Token } from './token.js';

/** A call without an answer for this long, ms, fails with DEADLINE_EXCEEDED unless its caller said otherwise. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** Options of a call with one answer. */
export interface CallOptions {
	/** Cancels the call; it then throws the signal's reason. */
	readonly signal?: AbortSignal | undefined;
	/** Time for the answer, milliseconds; default 30,000. DEADLINE_EXCEEDED after it. */
	readonly timeoutMs?: number | undefined;
}

/** Options of a stream. */
export interface StreamOptions {
	/** Cancels the stream; the iteration then throws the signal's reason. */
	readonly signal?: AbortSignal | undefined;
}

/** Typed calls over one gRPC channel. Every failure but an abort is a SondeError. */
export interface Transport {
	unary<I extends DescMessage, O extends DescMessage>(
		method: DescMethodUnary<I, O>,
		request: MessageInitShape<I>,
		options?: CallOptions,
	): Promise<MessageShape<O>>;
	/** Undecoded messages. Reads ahead by at most 16 of them and the HTTP/2 window, then the node has to wait. */
	serverStream<I extends DescMessage, O extends DescMessage>(
		method: DescMethodServerStreaming<I, O>,
		request: MessageInitShape<I>,
		options?: StreamOptions,
	): AsyncGenerator<Uint8Array, void, undefined>;
	/** Ends the channel; calls under way are finished. May be called twice. */
	close(): void;
}

/** Makes a transport over a channel to the node at `address` (for messages); calls say the token, if there is one. */
export function createTransport(channel: Client, address: string, token?: Token): Transport {
	return {
		async unary(method, request, { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = {}) {
			const deadline = Date.now() + timeoutMs;
			const metadata = await callMetadata(token, { signal, timeoutMs });
			return new Promise((resolve, reject) => {
				signal?.throwIfAborted();
				const message = create(method.input, request);
				const call = channel.makeUnaryRequest(
					pathOf(method),
					() => Buffer.from(toBinary(method.input, message)),
					(bytes) => fromBinary(method.output, bytes),
					message,
					metadata,
					{ deadline },
					(error, response) => {
						signal?.removeEventListener('abort', cancel);
						if (response !== undefined) resolve(response);
						else reject(signal?.aborted ? signal.reason : SondeError.from(error, address));
					},
				);
				const cancel = () => call.cancel();
				signal?.addEventListener('abort', cancel, { once: true });
			});
		},

		async *serverStream(method, request, { signal } = {}) {
			const metadata = await callMetadata(token, { signal, timeoutMs: DEFAULT_TIMEOUT_MS });
			signal?.throwIfAborted();
			const message = create(method.input, request);
			const call = channel.makeServerStreamRequest(
				pathOf(method),
				() => Buffer.from(toBinary(method.input, message)),
				(bytes) => bytes,
				message,
				metadata,
			);
			// The iterator reports errors; this one is for those that come after it, such as our own cancel.
			call.on('error', () => undefined);
			const cancel = () => call.cancel();
			signal?.addEventListener('abort', cancel, { once: true });
			try {
				// The iterator pulls: grpc-js asks for the next message only when its buffer of 16 has room.
				for await (const bytes of call) {
					signal?.throwIfAborted();
					yield bytes;
				}
				signal?.throwIfAborted();
			} catch (error) {
				signal?.throwIfAborted();
				throw SondeError.from(error, address);
			} finally {
				signal?.removeEventListener('abort', cancel);
				// Destroying a grpc-js stream, as the iterator does, does not cancel the call.
				call.cancel();
			}
		},

		close: () => channel.close(),
	};
}

function pathOf(method: { readonly name: string; readonly parent: { readonly typeName: string } }): string {
	return `/${method.parent.typeName}/${method.name}`;
}
