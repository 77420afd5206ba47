import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { type StreamEventsResponse, StreamEventsResponseSchema } from './gen/sonde/v1/trace_service_pb.js';

/**
 * Decodes everything of a message but its events, which the contract puts last: its cost does not depend on their
 * number. `events` of the result is empty, `eventCount` is theirs.
 *
 * @throws Error when the bytes are not a message.
 */
export function decodeEnvelope(message: Uint8Array): StreamEventsResponse {
	return fromBinary(StreamEventsResponseSchema, message.subarray(0, offsetOfEvents(message)));
}

function offsetOfEvents(message: Uint8Array): number {
	const reader = new BinaryReader(message);
	while (reader.pos < reader.len) {
		const start = reader.pos;
		const [field, wireType] = reader.tag();
		if (field === StreamEventsResponseSchema.field.events.number) return start;
		reader.skip(wireType, field);
	}
	return message.byteLength;
}
