import {
	createFileRegistry,
	type DescEnum,
	type DescField,
	type DescMessage,
	type FileRegistry,
	fromBinary,
	getExtension,
	hasExtension,
	type Message,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { z } from 'zod';

/** Options of a payload message, sonde.v1.ProbeOptions. */
const Probe = z.object({
	id: z.string().min(1),
	summary: z.string().min(1),
	cost: z.number(),
	costNote: z.string(),
	optionalHooks: z.array(
		z.object({ attachPoints: z.array(z.string().min(1)), limitation: z.string().min(1) }),
	),
});
/** Options of an event field, sonde.v1.EventFieldOptions. */
const EventField = z.object({ unit: z.string(), source: z.number(), sensitivity: z.array(z.number()) });

/** FIELD_SOURCE_UNSPECIFIED: filled by the BPF program. */
export const SOURCE_PROGRAM = 0;
/** FIELD_SOURCE_ENCODER. */
export const SOURCE_ENCODER = 1;

/** What the contract says about events. */
export interface Contract {
	readonly event: DescMessage;
	/** One per line of the payload oneof, with what its message says about the probe. */
	readonly payloads: readonly Payload[];
	/** The lines of the options oneof of ProbeSpec. */
	readonly options: readonly MessageField[];
	optionsOf(field: DescField): z.infer<typeof EventField>;
	commentOf(desc: DescMessage | DescField | DescEnum): string;
}

/** A field that is a message. */
export type MessageField = DescField & { readonly fieldKind: 'message' };

/** A probe as the contract knows it. */
export interface Payload {
	readonly field: MessageField;
	readonly probe: z.infer<typeof Probe>;
}

/**
 * Reads a FileDescriptorSet that has source information.
 *
 * @throws Error when it is not the contract of a node.
 */
export function readContract(descriptorSet: Uint8Array): Contract {
	const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
	const event = registry.getMessage('sonde.v1.Event');
	if (event === undefined) throw new Error('the contract has no sonde.v1.Event');
	return {
		event,
		options: messagesOf(registry, 'sonde.v1.ProbeSpec', 'options'),
		payloads: messagesOf(registry, 'sonde.v1.Event', 'payload').map((field) => {
			const probe = optionOf(registry, 'sonde.v1.probe', field.message.proto.options);
			if (probe === undefined) throw new Error(`${field.message.typeName} has no option (sonde.v1.probe)`);
			return { field, probe: Probe.parse(probe) };
		}),
		optionsOf(field) {
			const options = optionOf(registry, 'sonde.v1.event_field', field.proto.options);
			if (options === undefined) return { unit: '', source: SOURCE_PROGRAM, sensitivity: [] };
			return EventField.parse(options);
		},
		commentOf,
	};
}

/** The lines of a oneof. */
function messagesOf(registry: FileRegistry, message: string, name: string): MessageField[] {
	const oneof = registry.getMessage(message)?.oneofs.find((each) => each.name === name);
	if (oneof === undefined) throw new Error(`the contract has no ${message}.${name}`);
	return oneof.fields.map((field) => {
		if (field.fieldKind !== 'message')
			throw new Error(`${field.name} of ${message}.${name} is not a message`);
		return field;
	});
}

function optionOf(registry: FileRegistry, name: string, options: Message | undefined): unknown {
	const extension = registry.getExtension(name);
	if (extension === undefined) throw new Error(`the contract has no option ${name}`);
	if (options === undefined || !hasExtension(options, extension)) return undefined;
	return getExtension(options, extension);
}

/** Leading comment as one text, paragraphs separated by a newline. */
function commentOf(desc: DescMessage | DescField | DescEnum): string {
	const path = pathOf(desc);
	const file = desc.kind === 'field' ? desc.parent.file : desc.file;
	const location = file.proto.sourceCodeInfo?.location.find(
		(candidate) =>
			candidate.path.length === path.length && candidate.path.every((part, i) => part === path[i]),
	);
	return (location?.leadingComments ?? '')
		.trim()
		.split(/\n\s*\n/)
		.map((paragraph) => paragraph.replace(/\s*\n\s*/g, ' '))
		.join('\n');
}

/** Place in the file, as google.protobuf.SourceCodeInfo.Location counts it. */
function pathOf(desc: DescMessage | DescField | DescEnum): number[] {
	const messageTypes = 4;
	const fields = 2;
	const nestedTypes = 3;
	const nestedEnums = 4;
	const enumTypes = 5;
	if (desc.kind === 'field') return [...pathOf(desc.parent), fields, desc.parent.fields.indexOf(desc)];
	const { parent } = desc;
	if (desc.kind === 'message') {
		return parent === undefined
			? [messageTypes, desc.file.messages.indexOf(desc)]
			: [...pathOf(parent), nestedTypes, parent.nestedMessages.indexOf(desc)];
	}
	return parent === undefined
		? [enumTypes, desc.file.enums.indexOf(desc)]
		: [...pathOf(parent), nestedEnums, parent.nestedEnums.indexOf(desc)];
}
