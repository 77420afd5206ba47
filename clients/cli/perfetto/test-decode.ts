import {
	create,
	createFileRegistry,
	type DescMessage,
	fromBinary,
	type JsonObject,
	toJson,
} from '@bufbuild/protobuf';
import { protoCamelCase } from '@bufbuild/protobuf/reflect';
import {
	FileDescriptorProtoSchema,
	FieldDescriptorProto_Label as Label,
	FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';

type Field = readonly [name: string, number: number, type: Type, message?: string];

/**
 * The part of perfetto.protos that a test reads, written down a second time so that a wrong number shows. Source:
 * protos/perfetto/trace/ of https://github.com/google/perfetto. All fields are repeated but those of annotations: a field that
 * stands twice shows, too.
 */
const MESSAGES: Readonly<Record<string, readonly Field[]>> = {
	Trace: [['packet', 1, Type.MESSAGE, 'TracePacket']],
	TracePacket: [
		['clock_snapshot', 6, Type.MESSAGE, 'ClockSnapshot'],
		['timestamp', 8, Type.UINT64],
		['trusted_packet_sequence_id', 10, Type.UINT32],
		['track_event', 11, Type.MESSAGE, 'TrackEvent'],
		['timestamp_clock_id', 58, Type.UINT32],
		['track_descriptor', 60, Type.MESSAGE, 'TrackDescriptor'],
	],
	ClockSnapshot: [
		['clocks', 1, Type.MESSAGE, 'Clock'],
		['primary_trace_clock', 2, Type.INT32],
	],
	Clock: [
		['clock_id', 1, Type.UINT32],
		['timestamp', 2, Type.UINT64],
	],
	TrackDescriptor: [
		['uuid', 1, Type.UINT64],
		['name', 2, Type.STRING],
		['process', 3, Type.MESSAGE, 'ProcessDescriptor'],
		['thread', 4, Type.MESSAGE, 'ThreadDescriptor'],
		['parent_uuid', 5, Type.UINT64],
	],
	ProcessDescriptor: [
		['pid', 1, Type.INT32],
		['process_name', 6, Type.STRING],
	],
	ThreadDescriptor: [
		['pid', 1, Type.INT32],
		['tid', 2, Type.INT32],
		['thread_name', 5, Type.STRING],
	],
	TrackEvent: [
		['debug_annotations', 4, Type.MESSAGE, 'DebugAnnotation'],
		['type', 9, Type.INT32],
		['track_uuid', 11, Type.UINT64],
		['categories', 22, Type.STRING],
		['name', 23, Type.STRING],
	],
	DebugAnnotation: [
		['bool_value', 2, Type.BOOL],
		['uint_value', 3, Type.UINT64],
		['int_value', 4, Type.INT64],
		['double_value', 5, Type.DOUBLE],
		['string_value', 6, Type.STRING],
		['name', 10, Type.STRING],
	],
};

/** A descriptor of a message that no file of ours defines. */
export function dynamicMessage(
	messages: Readonly<Record<string, readonly Field[]>>,
	name: string,
	isSingle = (_message: string) => true,
): DescMessage {
	const file = create(FileDescriptorProtoSchema, {
		...{ name: 'test.proto', package: 'test', syntax: 'proto2' },
		messageType: Object.entries(messages).map(([message, fields]) => ({
			name: message,
			field: fields.map(([name, number, type, typeName]) => ({
				// protoc writes it; protobuf-es reads it.
				...{ name, number, type, jsonName: protoCamelCase(name) },
				label: isSingle(message) ? Label.OPTIONAL : Label.REPEATED,
				...(typeName !== undefined && { typeName: `.test.${typeName}` }),
			})),
		})),
	});
	const found = createFileRegistry(file, () => undefined).getMessage(`test.${name}`);
	if (found === undefined) throw new Error(`no message ${name}`);
	return found;
}

/** Decodes a Perfetto trace into its packets, in protobuf's JSON. */
export function decodePerfetto(trace: Uint8Array): JsonObject[] {
	const schema = dynamicMessage(MESSAGES, 'Trace', (message) => message === 'DebugAnnotation');
	const message = fromBinary(schema, trace);
	if (message.$unknown !== undefined) throw new Error('the trace has fields that no packet has');
	const json = toJson(schema, message);
	const packets = typeof json === 'object' && json !== null && !Array.isArray(json) ? json.packet : undefined;
	return (Array.isArray(packets) ? packets : []).filter(
		(packet): packet is JsonObject => typeof packet === 'object' && packet !== null && !Array.isArray(packet),
	);
}
