import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/**
 * Numbers of the fields that are written. Source: protos/perfetto/trace/ of https://github.com/google/perfetto
 * (trace.proto, trace_packet.proto, clock_snapshot.proto, track_event/*.proto), where all of them are of perfetto.protos.
 */
export const FIELD = {
	trace: { packet: 1 },
	packet: {
		clockSnapshot: 6,
		timestamp: 8,
		trustedPacketSequenceId: 10,
		trackEvent: 11,
		timestampClockId: 58,
		trackDescriptor: 60,
	},
	clockSnapshot: { clocks: 1, primaryTraceClock: 2 },
	clock: { clockId: 1, timestamp: 2 },
	track: { uuid: 1, name: 2, process: 3, thread: 4, parentUuid: 5 },
	process: { pid: 1, processName: 6 },
	thread: { pid: 1, tid: 2, threadName: 5 },
	event: { debugAnnotations: 4, type: 9, trackUuid: 11, categories: 22, name: 23 },
	annotation: { boolValue: 2, intValue: 4, doubleValue: 5, stringValue: 6, uintValue: 3, name: 10 },
} as const;

/** TrackEvent.Type. */
export const EVENT_TYPE = { sliceBegin: 1, sliceEnd: 2, instant: 3 } as const;

/** BuiltinClock BUILTIN_CLOCK_REALTIME: nanoseconds since the Unix epoch, as our events have them. */
export const REALTIME = 1;

/** All packets are of one writer; packets without one are refused. */
export const SEQUENCE_ID = 1;

const MAX_INT64 = 2n ** 63n - 1n;

/** What an annotation can say: bigint is a whole number, number is not. */
export type AnnotationValue = boolean | bigint | number | string;

/** Something that is said of an event. */
export interface Annotation {
	readonly name: string;
	readonly value: AnnotationValue;
}

/** A row of the display. */
export interface Track {
	/** Unique in the trace, 64 bits, not 0. */
	readonly uuid: bigint;
	readonly parentUuid?: bigint;
	readonly name?: string;
	readonly process?: { readonly pid: number; readonly name: string };
	readonly thread?: { readonly pid: number; readonly tid: number; readonly name: string };
}

/** A point on a track; a slice is two of them. */
export interface TrackEvent {
	readonly type: (typeof EVENT_TYPE)[keyof typeof EVENT_TYPE];
	readonly trackUuid: bigint;
	/** Of its category, too. Not for the end of a slice. */
	readonly name?: string;
	readonly annotations?: readonly Annotation[];
}

/** Says that times are those of CLOCK_REALTIME. Once, first. `unixNano` is any reading of it. */
export function clockPacket(unixNano: bigint): Uint8Array {
	return packet((writer) => {
		message(writer, FIELD.packet.clockSnapshot, () => {
			message(writer, FIELD.clockSnapshot.clocks, () => {
				writer.tag(FIELD.clock.clockId, WireType.Varint).uint32(REALTIME);
				writer.tag(FIELD.clock.timestamp, WireType.Varint).uint64(unixNano);
			});
			writer.tag(FIELD.clockSnapshot.primaryTraceClock, WireType.Varint).int32(REALTIME);
		});
	});
}

/** Describes a track; before its first event. */
export function trackPacket({ uuid, parentUuid, name, process, thread }: Track): Uint8Array {
	return packet((writer) => {
		message(writer, FIELD.packet.trackDescriptor, () => {
			writer.tag(FIELD.track.uuid, WireType.Varint).uint64(uuid);
			if (parentUuid !== undefined) writer.tag(FIELD.track.parentUuid, WireType.Varint).uint64(parentUuid);
			if (name !== undefined) text(writer, FIELD.track.name, name);
			if (process !== undefined) {
				message(writer, FIELD.track.process, () => {
					writer.tag(FIELD.process.pid, WireType.Varint).int32(toInt32(process.pid));
					text(writer, FIELD.process.processName, process.name);
				});
			}
			if (thread !== undefined) {
				message(writer, FIELD.track.thread, () => {
					writer.tag(FIELD.thread.pid, WireType.Varint).int32(toInt32(thread.pid));
					writer.tag(FIELD.thread.tid, WireType.Varint).int32(toInt32(thread.tid));
					text(writer, FIELD.thread.threadName, thread.name);
				});
			}
		});
	});
}

/** Ids of Linux fit; in a damaged recording there may be any number, which the writer would refuse. */
function toInt32(id: number): number {
	return id | 0;
}

/** A point on a track at this time. */
export function eventPacket(
	unixNano: bigint,
	{ type, trackUuid, name, annotations = [] }: TrackEvent,
): Uint8Array {
	return packet((writer) => {
		writer.tag(FIELD.packet.timestamp, WireType.Varint).uint64(unixNano);
		writer.tag(FIELD.packet.timestampClockId, WireType.Varint).uint32(REALTIME);
		message(writer, FIELD.packet.trackEvent, () => {
			writer.tag(FIELD.event.type, WireType.Varint).int32(type);
			writer.tag(FIELD.event.trackUuid, WireType.Varint).uint64(trackUuid);
			if (name !== undefined) {
				text(writer, FIELD.event.categories, name);
				text(writer, FIELD.event.name, name);
			}
			for (const annotation of annotations) {
				message(writer, FIELD.event.debugAnnotations, () => writeAnnotation(writer, annotation));
			}
		});
	});
}

function writeAnnotation(writer: BinaryWriter, { name, value }: Annotation): void {
	text(writer, FIELD.annotation.name, name);
	switch (typeof value) {
		case 'boolean':
			writer.tag(FIELD.annotation.boolValue, WireType.Varint).bool(value);
			return;
		case 'bigint':
			if (value > MAX_INT64) writer.tag(FIELD.annotation.uintValue, WireType.Varint).uint64(value);
			else writer.tag(FIELD.annotation.intValue, WireType.Varint).int64(value);
			return;
		case 'number':
			writer.tag(FIELD.annotation.doubleValue, WireType.Bit64).double(value);
			return;
		case 'string':
			text(writer, FIELD.annotation.stringValue, value);
	}
}

/** A packet as a field of perfetto.protos.Trace: a trace is nothing but packets, one behind the other. */
function packet(write: (writer: BinaryWriter) => void): Uint8Array {
	const writer = new BinaryWriter();
	message(writer, FIELD.trace.packet, () => {
		writer.tag(FIELD.packet.trustedPacketSequenceId, WireType.Varint).uint32(SEQUENCE_ID);
		write(writer);
	});
	return writer.finish();
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
	writer.tag(field, WireType.LengthDelimited).fork();
	write();
	writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
	writer.tag(field, WireType.LengthDelimited).string(value);
}
