import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import type {
	NumberStep,
	Plan,
	PlanStep,
	StackStep,
	StructLayout,
	SubjectOffsets,
	TypeLayout,
} from '../../native.js';
import { type Contract, type Payload, SOURCE_ENCODER, SOURCE_PROGRAM } from './contract.js';

// https://protobuf.dev/programming-guides/encoding/#structure
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

const NAME_OF = 'sonde_name_of_';
const ADDRESS_BYTES = 16;
const ADDRESS_UNIT = 'IP address';

/** Struct and message do not fit; the message names both and the member. */
export class JoinError extends Error {
	override readonly name = 'JoinError';
}

/**
 * Joins the struct that a program fills with the message that it becomes, by field name.
 *
 * @throws JoinError when a field exists on one side only, or its types do not fit.
 */
export function joinPlan(contract: Contract, payload: Payload, layout: StructLayout): Plan {
	const header = layout.members.find(({ name }) => name === '_event');
	if (header?.type.kind !== 'struct' || header.offset !== 0) {
		throw new JoinError(`struct ${layout.name} does not begin with struct sonde_event _event`);
	}
	const { field } = payload;
	const own = joinMessage(contract, field.message, layout, 0);
	const steps = joinMessage(contract, contract.event, header.type, 0, field);
	return {
		steps: [...steps, { op: 'message', tag: tagOf(field, LENGTH_DELIMITED), steps: own }],
		subject: subjectOf(header.type),
	};
}

/** Where an event says whom it is about. */
function subjectOf(event: StructLayout): SubjectOffsets {
	const process = event.members.find(({ name }) => name === 'process');
	if (process?.type.kind !== 'struct') throw new JoinError(`struct ${event.name} has no struct process`);
	const { members } = process.type;
	const at = (name: string) => {
		const member = members.find((each) => each.name === name);
		if (member === undefined) throw new JoinError(`struct ${event.name}.process has no member ${name}`);
		return process.offset + member.offset;
	};
	return {
		startBoottime: at('start_boottime_ns'),
		cgroup: at('cgroup_id'),
		tgid: at('tgid'),
		uid: at('uid'),
	};
}

function joinMessage(
	contract: Contract,
	message: DescMessage,
	struct: StructLayout,
	base: number,
	payload?: DescField,
): PlanStep[] {
	// A name with "_" stays on the node.
	const members = new Map(struct.members.filter(({ name }) => !name.startsWith('_')).map((m) => [m.name, m]));
	const steps: PlanStep[] = [];
	for (const field of [...message.fields].sort((a, b) => a.number - b.number)) {
		if (payload !== undefined && field.oneof === payload.oneof) continue;
		// The `_raw` field is written with its text, and a controller's fields are not ours.
		if (contract.optionsOf(field).source !== SOURCE_PROGRAM) continue;
		const member = members.get(field.name);
		if (member === undefined)
			throw new JoinError(`struct ${struct.name} has no member for ${message.typeName}.${field.name}`);
		members.delete(field.name);
		const where = `${struct.name}.${field.name}`;
		steps.push(joinField(contract, field, member.type, base + member.offset, where));
	}
	const [extra] = members.keys();
	if (extra !== undefined)
		throw new JoinError(`${message.typeName} has no field for member ${extra} of struct ${struct.name}`);
	return steps;
}

function joinField(
	contract: Contract,
	field: DescField,
	type: TypeLayout,
	offset: number,
	where: string,
): PlanStep {
	if (field.fieldKind === 'message' && type.kind === 'struct') {
		const steps = joinMessage(contract, field.message, type, offset);
		return { op: 'message', tag: tagOf(field, LENGTH_DELIMITED), steps };
	}
	if (field.fieldKind === 'enum' && type.kind === 'enum') {
		checkEnum(field.enum, type.values ?? [], where);
		return { op: 'int32', offset, tag: tagOf(field, VARINT) };
	}
	if (field.fieldKind === 'scalar') {
		const stack = stackOp(type);
		if (field.scalar === ScalarType.UINT32 && stack !== undefined)
			return { op: stack, offset, tag: tagOf(field, VARINT) };
		const named = kernelEnumOf(type);
		// The names are those of the kernel that it will run on.
		if (field.scalar === ScalarType.STRING && named !== undefined)
			return { op: 'name', offset, tag: tagOf(field, LENGTH_DELIMITED), of: named, names: [] };
		if (field.scalar === ScalarType.STRING) return joinText(contract, field, type, offset, where);
		if (field.scalar === ScalarType.BYTES && isAddress(type)) {
			// By this clients know that the bytes are one.
			if (contract.optionsOf(field).unit !== ADDRESS_UNIT)
				throw new JoinError(`${field.parent.typeName}.${field.name} needs the unit "${ADDRESS_UNIT}"`);
			return { op: 'address', offset, tag: tagOf(field, LENGTH_DELIMITED) };
		}
		if (field.scalar === ScalarType.BYTES && isInTail(type))
			return { op: 'bytes', offset, tag: tagOf(field, LENGTH_DELIMITED) };
		const op = numberOp(field.scalar, type);
		if (op !== undefined) return { op, offset, tag: tagOf(field, op === 'ktime' ? FIXED64 : VARINT) };
	}
	if (field.fieldKind === 'list' && field.listKind === 'scalar' && field.scalar === ScalarType.STRING)
		return joinText(contract, field, type, offset, where);
	throw mismatch(field, type, where);
}

/** The enum whose names a number stands for; SONDE_NAME_OF in bpf/include/event.bpf.h. */
export function kernelEnumOf(type: TypeLayout): string | undefined {
	if (type.kind !== 'int' || !type.name.startsWith(NAME_OF)) return undefined;
	return type.name.slice(NAME_OF.length);
}

/** Structs of bpf/include/stack.bpf.h. */
export function stackOp(type: TypeLayout): StackStep['op'] | undefined {
	if (type.kind !== 'struct') return undefined;
	if (type.name === 'sonde_kernel_stack') return 'kernelStack';
	return type.name === 'sonde_user_stack' ? 'userStack' : undefined;
}

/** Its bytes stand behind the struct. */
export function isInTail(type: TypeLayout): boolean {
	return type.kind === 'struct' && type.name === 'sonde_string';
}

function isAddress(type: TypeLayout): boolean {
	return type.kind === 'array' && type.size === ADDRESS_BYTES && type.element.kind === 'int';
}

function joinText(
	contract: Contract,
	field: DescField,
	type: TypeLayout,
	offset: number,
	where: string,
): PlanStep {
	const raw = field.parent.fields.find(({ name }) => name === `${field.name}_raw`);
	if (raw === undefined || !isRawOf(field, raw) || contract.optionsOf(raw).source !== SOURCE_ENCODER) {
		const kind = field.fieldKind === 'list' ? 'repeated' : 'optional';
		throw new JoinError(
			`${field.parent.typeName} has no "${kind} bytes ${field.name}_raw" filled by the encoder`,
		);
	}
	const tags = { tag: tagOf(field, LENGTH_DELIMITED), rawTag: tagOf(raw, LENGTH_DELIMITED) };
	if (isInTail(type))
		return { op: field.fieldKind === 'list' ? 'strings' : 'string', offset, size: 0, ...tags };
	const isChars = type.kind === 'array' && type.element.kind === 'int' && type.element.name === 'char';
	if (field.fieldKind === 'scalar' && isChars) return { op: 'chars', offset, size: type.size, ...tags };
	throw mismatch(field, type, where);
}

function isRawOf(field: DescField, raw: DescField): boolean {
	if (field.fieldKind === 'scalar') return raw.fieldKind === 'scalar' && raw.scalar === ScalarType.BYTES;
	return raw.fieldKind === 'list' && raw.listKind === 'scalar' && raw.scalar === ScalarType.BYTES;
}

/** undefined: the struct's number does not fit the field without loss. */
function numberOp(scalar: ScalarType, type: TypeLayout): NumberStep['op'] | undefined {
	if (type.kind !== 'int') return undefined;
	if (type.name === 'sonde_ktime_ns') return scalar === ScalarType.FIXED64 ? 'ktime' : undefined;
	if (type.bool) return scalar === ScalarType.BOOL ? 'bool' : undefined;
	switch (scalar) {
		case ScalarType.UINT32:
			return type.signed ? undefined : ({ 1: 'uint8', 2: 'uint16', 4: 'uint32' } as const)[type.size];
		case ScalarType.UINT64:
			return !type.signed && type.size === 8 ? 'uint64' : undefined;
		case ScalarType.INT32:
			return type.signed && type.size === 4 ? 'int32' : undefined;
		case ScalarType.INT64:
			return type.signed && type.size === 8 ? 'int64' : undefined;
		default:
			return undefined;
	}
}

/** Both sides must have the same names and numbers; only the unspecified 0 is the message's alone. */
function checkEnum(desc: DescEnum, values: readonly { name: string; value: number }[], where: string): void {
	const inMessage = desc.values
		.filter(({ number }) => number !== 0)
		.map(({ name, number }) => `${name}=${number}`);
	const inStruct = values.map(({ name, value }) => `${name}=${value}`);
	if (inMessage.sort().join() !== inStruct.sort().join()) {
		throw new JoinError(
			`${where} has the values ${inStruct.join(' ')}, but ${desc.typeName} ${inMessage.join(' ')}`,
		);
	}
}

function tagOf(field: DescField, wire: number): number {
	return (field.number << 3) | wire;
}

function mismatch(field: DescField, type: TypeLayout, where: string): JoinError {
	const found =
		type.kind === 'array' ? `an array of ${type.size} bytes` : `${type.name} (${type.size} bytes)`;
	const wanted = field.fieldKind === 'scalar' ? ScalarType[field.scalar].toLowerCase() : field.fieldKind;
	return new JoinError(
		`${where} is ${found}, which does not fit ${field.parent.typeName}.${field.name} (${wanted})`,
	);
}
