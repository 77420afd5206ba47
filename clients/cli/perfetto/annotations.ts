import { type DescField, ScalarType } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { type Event, EventSchema, ProcessSchema } from '../../typescript/index.js';
import { describeValue, hasValue } from '../describe-message.js';
import type { Annotation, AnnotationValue } from './packets.js';

/** What the tracks of a process and a thread say already. */
const OF_TRACKS: readonly string[] = ['tgid', 'tid', 'comm', 'comm_raw', 'start_boottime_ns'];

/** The payload of an event; undefined for one that this program has no descriptor for. */
export function payloadOf(event: Event): ReflectMessage | undefined {
	const message = reflect(EventSchema, event);
	const oneof = EventSchema.oneofs.find(({ name }) => name === 'payload');
	const field = oneof && message.oneofCase(oneof);
	return field?.fieldKind === 'message' ? message.get(field) : undefined;
}

/** All fields of an event that its place in the display does not show. */
export function annotationsOf(event: Event, payload: ReflectMessage | undefined): Annotation[] {
	const { cpu, process } = event;
	const annotations: Annotation[] = payload === undefined ? [] : annotate(payload, '');
	annotations.push({ name: 'cpu', value: BigInt(cpu) });
	if (process !== undefined) {
		const ofProcess = annotate(reflect(ProcessSchema, process), 'process.');
		annotations.push(...ofProcess.filter(({ name }) => !OF_TRACKS.includes(name.slice('process.'.length))));
	}
	return annotations;
}

function annotate(message: ReflectMessage, prefix: string): Annotation[] {
	return message.fields
		.filter((field) => hasValue(message, field))
		.map((field) => ({ name: `${prefix}${field.name}`, value: annotationValue(message.get(field), field) }));
}

function annotationValue(value: unknown, field: DescField): AnnotationValue {
	if (typeof value === 'boolean' || typeof value === 'bigint') return value;
	if (typeof value === 'string') return value;
	if (typeof value === 'number' && field.fieldKind === 'scalar') {
		const isReal = field.scalar === ScalarType.FLOAT || field.scalar === ScalarType.DOUBLE;
		return isReal ? value : BigInt(value);
	}
	return describeValue(value, field);
}
