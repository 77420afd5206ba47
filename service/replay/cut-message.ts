import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { EVENTS_FIELD } from '../traces/events-field.js';
import type { RecordedMessage } from './recorded-trace.js';

/** Numbers in sonde.v1.StreamEventsResponse, Record and GapRecord. */
const FIRST_SEQUENCE_FIELD = 2;
const EVENT_COUNT_FIELD = 3;
const RECORDS_FIELD = 7;
const GAP_FIELD = 1;
const GAP_FIRST_FIELD = 1;
const GAP_LAST_FIELD = 2;

/** Which events of a message are wanted. */
export interface Cut {
	/** Events that are left out at its beginning. */
	readonly skip: number;
	/** Events that are left of the others, at most. */
	readonly take: number;
	/** Events before the message that were not recorded: the message says so. */
	readonly gap?: { readonly first: bigint; readonly last: bigint };
}

/**
 * A message with some of its events. What changes is written behind the envelope and before the events: in a message of
 * protobuf the last value of a field counts, and nothing else has to be decoded.
 */
export function cutMessage({ bytes, firstSequence, eventCount }: RecordedMessage, cut: Cut): Uint8Array {
	const { skip, take, gap } = cut;
	const left = Math.min(take, eventCount - skip);
	if (left === eventCount && gap === undefined) return bytes;
	const reader = new BinaryReader(bytes);
	const envelopeEnd = nextEvent(reader);
	for (let i = 0; i < skip; i++) skipEvent(reader);
	const begin = reader.pos;
	for (let i = 0; i < left; i++) skipEvent(reader);
	const writer = new BinaryWriter();
	writer.raw(bytes.subarray(0, envelopeEnd));
	writer.tag(FIRST_SEQUENCE_FIELD, WireType.Varint).uint64(firstSequence + BigInt(skip));
	writer.tag(EVENT_COUNT_FIELD, WireType.Varint).uint32(left);
	if (gap !== undefined) {
		writer.tag(RECORDS_FIELD, WireType.LengthDelimited).fork();
		writer.tag(GAP_FIELD, WireType.LengthDelimited).fork();
		writer.tag(GAP_FIRST_FIELD, WireType.Varint).uint64(gap.first);
		writer.tag(GAP_LAST_FIELD, WireType.Varint).uint64(gap.last);
		writer.join().join();
	}
	writer.raw(bytes.subarray(begin, reader.pos));
	return writer.finish();
}

/** Goes to the first event, which the contract puts behind everything else. */
function nextEvent(reader: BinaryReader): number {
	while (reader.pos < reader.len) {
		const start = reader.pos;
		const [field, wireType] = reader.tag();
		if (field === EVENTS_FIELD) {
			reader.pos = start;
			return start;
		}
		reader.skip(wireType, field);
	}
	return reader.pos;
}

function skipEvent(reader: BinaryReader): void {
	const [field, wireType] = reader.tag();
	reader.skip(wireType, field);
}
