import { type DescField, ScalarType } from '@bufbuild/protobuf';
import type { ObjectConstant, TypeLayout } from '../../native.js';
import type { CatalogOption, CatalogOptions, OptionKind } from '../entry.js';
import { SYSTEM_CALL_NUMBERS } from '../system-calls.js';
import type { Contract, Payload } from './contract.js';
import { JoinError } from './plan.js';
import { typeName } from './type-name.js';

/** Names of an object's constants that are options begin so. */
export const OPTION_PREFIX = 'option_';

/** What an option that lists system calls has for a unit. */
const CALLS_UNIT = 'system call';

/**
 * Joins the options of a probe with the constants of its object, by name.
 *
 * @throws JoinError when one side has what the other has not, or types do not fit.
 */
export function joinOptions(
	contract: Contract,
	{ field: payload }: Payload,
	constants: readonly ObjectConstant[],
): CatalogOptions | undefined {
	const line = contract.options.find(({ number }) => number === payload.number);
	if (line !== undefined && line.name !== payload.name)
		throw new JoinError(
			`number ${line.number} is ${line.name} in ProbeSpec.options, ${payload.name} in Event`,
		);
	const fields = line?.message.fields ?? [];
	for (const { name } of constants) {
		const option = name.slice(OPTION_PREFIX.length);
		if (!fields.some((field) => field.name === option))
			throw new JoinError(`${payload.name} has a constant ${name}, but no option ${option}`);
	}
	if (line === undefined) return undefined;
	return { case: line.localName, fields: fields.map((field) => joinOption(contract, field, constants)) };
}

/** @throws JoinError when options are of no probe. */
export function checkOptionLines({ options, payloads }: Contract): void {
	for (const { name, number } of options) {
		if (!payloads.some(({ field }) => field.number === number))
			throw new JoinError(`ProbeSpec.options has ${name} = ${number}, which is no payload of Event`);
	}
}

function joinOption(
	contract: Contract,
	field: DescField,
	constants: readonly ObjectConstant[],
): CatalogOption {
	const where = `${field.parent.typeName}.${field.name}`;
	const constant = constants.find(({ name }) => name === OPTION_PREFIX + field.name);
	if (constant === undefined) throw new JoinError(`no constant ${OPTION_PREFIX}${field.name} for ${where}`);
	const { unit } = contract.optionsOf(field);
	const kind = kindOf(field, unit);
	if (kind === undefined) throw new JoinError(`${where} is ${typeName(field)}, which no option can be`);
	if (!fits(kind, constant.type))
		throw new JoinError(`the constant ${constant.name} does not fit ${where} (${typeName(field)})`);
	return {
		name: field.name,
		localName: field.localName,
		type: typeName(field),
		unit,
		description: contract.commentOf(field),
		constant: constant.name,
		kind,
	};
}

/** undefined: there is no such option. */
function kindOf(field: DescField, unit: string): OptionKind | undefined {
	// A member of a oneof, or one with presence, would have a third state.
	if (field.oneof !== undefined || field.proto.proto3Optional) return undefined;
	if (field.fieldKind === 'list')
		return field.listKind === 'scalar' && field.scalar === ScalarType.STRING && unit === CALLS_UNIT
			? 'systemCalls'
			: undefined;
	if (field.fieldKind !== 'scalar') return undefined;
	switch (field.scalar) {
		case ScalarType.BOOL:
			return 'bool';
		case ScalarType.UINT32:
			return 'uint32';
		case ScalarType.UINT64:
			return 'uint64';
		default:
			return undefined;
	}
}

function fits(kind: OptionKind, type: TypeLayout): boolean {
	switch (kind) {
		case 'bool':
			return type.kind === 'int' && type.bool;
		case 'uint32':
			return isUnsigned(type, 4);
		case 'uint64':
			return isUnsigned(type, 8);
		case 'systemCalls':
			return type.kind === 'array' && type.size === SYSTEM_CALL_NUMBERS / 8 && isUnsigned(type.element, 8);
	}
}

function isUnsigned(type: TypeLayout, size: number): boolean {
	return type.kind === 'int' && !type.signed && !type.bool && type.size === size;
}
