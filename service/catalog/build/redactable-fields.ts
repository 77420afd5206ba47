import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { type FilterSchema, SPARE_BYTES } from '../../filter/field.js';
import { type BlankPlace, COMM, type RedactableField, type RedactionClass } from '../../filter/redaction.js';
import { Sensitivity } from '../../gen/sonde/v1/options.js';
import type { StructLayout, TypeLayout } from '../../native.js';
import { type Contract, type Payload, SOURCE_PROGRAM } from './contract.js';
import { isInTail, JoinError, stackOp } from './plan.js';
import { sensitivityOf } from './sensitivity.js';

const CLASSES: Readonly<Partial<Record<Sensitivity, RedactionClass>>> = {
	[Sensitivity.ARGUMENTS]: 'arguments',
	[Sensitivity.PATHS]: 'paths',
	[Sensitivity.CONTENT]: 'content',
	[Sensitivity.ADDRESSES]: 'addresses',
};

/** What a field says of the one whose name stands in front: "path_truncated" of "path". */
const COMPANION = /^(.+)_(?:truncated|unreadable|deleted|bytes)$/;

/**
 * What can be blanked in the events of a probe: every field of the payload, and of the context the name of the thread. The plan
 * of the same struct has been joined.
 *
 * @throws JoinError when a text has no class, or a place that nothing is known to blank.
 */
export function redactableFields(
	contract: Contract,
	{ field: { message } }: Payload,
	layout: StructLayout,
	filter: FilterSchema,
): RedactableField[] {
	const comm = filter.fields.find(({ name }) => name === COMM);
	if (comm?.at.kind !== 'chars') throw new JoinError(`${layout.name} has no ${COMM}`);
	const { offset, size } = comm.at;
	return [
		{ name: COMM, classes: [], of: undefined, place: { kind: 'fixed', offset, size }, context: comm.context },
		...fieldsOf(contract, message, layout, 0, ''),
	];
}

function fieldsOf(
	contract: Contract,
	message: DescMessage,
	struct: StructLayout,
	base: number,
	prefix: string,
): RedactableField[] {
	const own = message.fields.filter((field) => contract.optionsOf(field).source === SOURCE_PROGRAM);
	return own.flatMap((field): RedactableField[] => {
		const name = prefix + field.name;
		const { type, offset } = memberOf(struct, field.name);
		if (field.fieldKind === 'message') {
			if (type.kind !== 'struct') throw new JoinError(`${struct.name}.${field.name} is no struct`);
			return fieldsOf(contract, field.message, type, base + offset, `${name}.`);
		}
		const text = own.find((each) => each.name === COMPANION.exec(field.name)?.[1]);
		const classes = [...ownClasses(contract, field), ...(text ? ownClasses(contract, text) : [])];
		const place = placeOf(struct, field.name, type, base);
		return [
			{ name, classes: [...new Set(classes)], of: text && prefix + text.name, place, context: undefined },
		];
	});
}

function ownClasses(contract: Contract, field: DescField): RedactionClass[] {
	return sensitivityOf(contract, field).flatMap((each) => CLASSES[each] ?? []);
}

function memberOf(struct: StructLayout, name: string) {
	const member = struct.members.find((each) => each.name === name);
	if (member === undefined) throw new JoinError(`struct ${struct.name} has no member ${name}`);
	return member;
}

function placeOf(struct: StructLayout, name: string, type: TypeLayout, base: number): BlankPlace {
	const offset = base + memberOf(struct, name).offset;
	if (type.kind !== 'struct') return { kind: 'fixed', offset, size: type.size };
	if (!isInTail(type) && stackOp(type) === undefined)
		throw new JoinError(`${struct.name}.${name} is nothing that can be blanked`);
	const bytes = memberOf(struct, `_${name}`);
	return {
		kind: 'tail',
		lengthOffset: offset + memberOf(type, 'length').offset,
		offset: base + bytes.offset,
		capacity: bytes.type.size - SPARE_BYTES,
	};
}
