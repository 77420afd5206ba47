import { readFileSync } from 'node:fs';
import { connect, constants } from 'node:http2';
import { join } from 'node:path';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
	type StreamEventsRequestSchema as RequestSchema,
	StreamEventsRequestSchema,
	type StreamEventsResponse,
	StreamEventsResponseSchema,
	TraceService,
} from '../../clients/typescript/index.js';
import type { Hooks } from './child.js';
import type { TestNode } from './node.js';

/** Bytes in front of a gRPC message: whether it is compressed, and its length. */
const PREFIX_BYTES = 5;

/** A stream read by HTTP/2 alone, with the smallest window there is: what is not read stays on the node. */
export interface RawReader {
	/** Reads from now on; resolves at the end of the stream with all messages. */
	readAll(): Promise<StreamEventsResponse[]>;
}

/** Opens a stream of events and reads nothing of it. */
export function openRawReader(
	t: Hooks,
	{ address, identity }: Pick<TestNode, 'address' | 'identity'>,
	request: MessageInitShape<typeof RequestSchema>,
): RawReader {
	const file = (name: string) => readFileSync(join(identity, name));
	const session = connect(`https://${address}`, {
		...{ ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') },
		// The node's certificate names the host, not the address that this test uses.
		checkServerIdentity: () => undefined,
	});
	t.after(() => session.destroy());
	const { name, parent } = TraceService.method.streamEvents;
	const stream = session.request({
		[constants.HTTP2_HEADER_METHOD]: 'POST',
		[constants.HTTP2_HEADER_PATH]: `/${parent.typeName}/${name}`,
		[constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
		[constants.HTTP2_HEADER_TE]: 'trailers',
	});
	const message = toBinary(StreamEventsRequestSchema, create(StreamEventsRequestSchema, request));
	const prefix = Buffer.alloc(PREFIX_BYTES);
	prefix.writeUInt32BE(message.length, 1);
	stream.end(Buffer.concat([prefix, message]));
	stream.pause();
	// readAll reports errors; these are for those that come when nobody reads.
	session.on('error', () => undefined);
	stream.on('error', () => undefined);
	return {
		async readAll() {
			const chunks: Buffer[] = [];
			for await (const chunk of stream) chunks.push(chunk);
			return parseMessages(Buffer.concat(chunks));
		},
	};
}

function parseMessages(bytes: Buffer): StreamEventsResponse[] {
	const messages: StreamEventsResponse[] = [];
	for (let at = 0; at < bytes.length; ) {
		const length = bytes.readUInt32BE(at + 1);
		at += PREFIX_BYTES;
		messages.push(fromBinary(StreamEventsResponseSchema, bytes.subarray(at, at + length)));
		at += length;
	}
	return messages;
}
