import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import {
	type ContextGroup,
	type FieldPlace,
	type FieldType,
	type FilterField,
	type FilterSchema,
	SPARE_BYTES,
} from '../../filter/field.js';
import type { StructLayout, TypeLayout } from '../../native.js';
import type { Contract, Payload } from './contract.js';
import { isInTail, JoinError, kernelEnumOf, stackOp } from './plan.js';

/** Which program part fills a field of the common context; the groups of bpf/include/event.bpf.h. */
const CONTEXT: Readonly<Record<string, ContextGroup>> = {
	cpu: 'cpu',
	'process.tgid': 'ids',
	'process.tid': 'ids',
	'process.uid': 'user',
	'process.gid': 'user',
	'process.cgroup_id': 'cgroup',
	'process.ppid': 'task',
	'process.start_boottime_ns': 'task',
	'process.comm': 'task',
	'process._pid_namespace': 'namespaces',
	'process._mount_namespace': 'namespaces',
};

/**
 * What filters of a probe may name: `cpu`, the process, and the fields of the payload. The plan of the same struct has been
 * joined: what is not here (the time) is not for filters.
 *
 * @throws JoinError when a field of the payload is named like one of the context, or has a place that filters cannot read.
 */
export function filterSchema(contract: Contract, payload: Payload, layout: StructLayout): FilterSchema {
	const event = memberOf(layout, '_event');
	const process = memberOf(event.type, 'process');
	const context = [
		...fieldsOf(contract, contract.event, event.type, event.offset, '', ['cpu']),
		...fieldsOf(
			contract,
			messageOf(contract, 'process'),
			process.type,
			event.offset + process.offset,
			'process.',
		),
		numberField('process._pid_namespace', process.type, '_pid_namespace', event.offset + process.offset),
		numberField('process._mount_namespace', event.type, '_mount_namespace', event.offset),
	].map((field) => ({ ...field, context: contextOf(field.name) }));
	const own = fieldsOf(contract, payload.field.message, layout, 0, '');
	const taken = new Set(context.map(({ name }) => name.split('.')[0]));
	for (const { name } of own) {
		if (taken.has(name))
			throw new JoinError(`${payload.field.message.typeName}.${name} has a name of the context`);
	}
	return { fields: [...context, ...own], enumValues: enumValuesOf(payload.field.message) };
}

function numberField(name: string, struct: TypeLayout, member: string, base: number): FilterField {
	const { offset, type } = memberOf(struct, member);
	if (struct.kind !== 'struct') throw new JoinError(`${name} is in no struct`);
	return { name, type: 'int', at: placeOf(struct, type, base + offset, base, member), context: undefined };
}

function contextOf(name: string): ContextGroup {
	const group = CONTEXT[name];
	if (group === undefined) throw new JoinError(`no part of the context is known to fill ${name}`);
	return group;
}

function messageOf(contract: Contract, name: string): DescMessage {
	const field = contract.event.fields.find((candidate) => candidate.name === name);
	if (field?.fieldKind !== 'message') throw new JoinError(`the event has no message ${name}`);
	return field.message;
}

function memberOf(struct: TypeLayout, name: string) {
	const member = struct.kind === 'struct' ? struct.members.find((each) => each.name === name) : undefined;
	if (member === undefined) throw new JoinError(`an event has no member ${name}`);
	return member;
}

function fieldsOf(
	contract: Contract,
	message: DescMessage,
	struct: TypeLayout,
	base: number,
	prefix: string,
	only?: readonly string[],
): FilterField[] {
	if (struct.kind !== 'struct') return [];
	const members = new Map(struct.members.map((member) => [member.name, member]));
	return message.fields.flatMap((field) => {
		const member = members.get(field.name);
		// What is in messages and lists is not for filters.
		if (member === undefined || field.fieldKind === 'message' || field.fieldKind === 'list') return [];
		// Nor are bytes that are neither a text nor an address.
		if (field.scalar === ScalarType.BYTES && isInTail(member.type)) return [];
		if (only !== undefined && !only.includes(field.name)) return [];
		// The number of a stack is made behind the kernel.
		if (stackOp(member.type) !== undefined) return [];
		const type = typeOf(contract, field);
		const at = placeOf(struct, member.type, base + member.offset, base, field.name);
		return [{ name: prefix + field.name, type, at, context: undefined }];
	});
}

function typeOf(contract: Contract, field: DescField): FieldType {
	const { unit } = contract.optionsOf(field);
	if (field.fieldKind === 'scalar') {
		if (field.scalar === ScalarType.STRING) return 'string';
		if (field.scalar === ScalarType.BOOL) return 'bool';
		if (field.scalar === ScalarType.BYTES) return 'address';
		// A point in time has the unit "ns since ...".
		if (unit === 'ns') return 'duration';
	}
	return 'int';
}

function placeOf(
	struct: StructLayout,
	type: TypeLayout,
	offset: number,
	base: number,
	name: string,
): FieldPlace {
	const named = kernelEnumOf(type);
	if (named !== undefined) return { kind: 'name', offset, of: named, names: [] };
	if (type.kind === 'int' || type.kind === 'enum') {
		const { size, signed } = type;
		if (size === 1 || size === 2 || size === 4 || size === 8) return { kind: 'number', offset, size, signed };
	}
	if (type.kind === 'array' && type.element.kind === 'int') {
		if (type.element.name === 'char') return { kind: 'chars', offset, size: type.size };
		if (type.size === 16) return { kind: 'address', offset };
	}
	if (type.kind === 'struct' && type.name === 'sonde_string') {
		const bytes = memberOf(struct, `_${name}`);
		return {
			kind: 'string',
			lengthOffset: offset + memberOf(type, 'length').offset,
			offset: base + bytes.offset,
			capacity: bytes.type.size - SPARE_BYTES,
		};
	}
	throw new JoinError(`${struct.name}.${name} is nothing that filters can read`);
}

function enumValuesOf(message: DescMessage): Record<string, number> {
	const values: Record<string, number> = {};
	for (const field of message.fields) {
		if (field.fieldKind !== 'enum') continue;
		for (const { name, number } of field.enum.values) values[name] = number;
	}
	return values;
}
