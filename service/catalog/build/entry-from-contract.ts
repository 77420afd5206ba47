import { createEnvironment } from '../../filter/environment.js';
import type { FilterSchema } from '../../filter/field.js';
import type { Native, ObjectProgram } from '../../native.js';
import type { CatalogEntry, CatalogProgram, OptionalHook } from '../entry.js';
import type { Contract, Payload } from './contract.js';
import { filterSchema } from './filter-fields.js';
import { joinOptions, OPTION_PREFIX } from './options.js';
import { JoinError, joinPlan } from './plan.js';
import { redactableFields } from './redactable-fields.js';
import { sensitivityOf } from './sensitivity.js';
import { typeName } from './type-name.js';

// As native/src/core/section.cc reads the names of programs.
const BODY_SUFFIX = '_body';
const KEEP_PREFIX = 'keep_';

/**
 * One entry of the catalogue. The name of the payload's line in Event is that of the object and of its struct.
 *
 * @throws JoinError when object and contract do not fit.
 */
export function entryFromContract(
	native: Native,
	contract: Contract,
	payload: Payload,
	readObject: (name: string) => Uint8Array,
): CatalogEntry {
	const { field, probe } = payload;
	const object = readObject(field.name);
	const layout = native.structLayout(object, `${field.name}_event`);
	const filter = filterSchema(contract, payload, layout);
	checkNames(field.message.typeName, filter);
	const programs = programsOf(native.objectPrograms(object));
	return {
		id: probe.id,
		object: field.name,
		payload: field.message.typeName,
		summary: probe.summary,
		description: contract.commentOf(field.message),
		cost: probe.cost,
		costNote: probe.costNote,
		programs,
		optionalHooks: optionalHooksOf(field.message.typeName, probe.optionalHooks, programs),
		fields: field.message.fields.map((member) => ({
			name: member.name,
			type: typeName(member),
			unit: contract.optionsOf(member).unit,
			description: contract.commentOf(member),
			enumValues: member.fieldKind === 'enum' ? member.enum.values.map(({ name }) => name) : [],
			sensitivity: sensitivityOf(contract, member),
		})),
		options: joinOptions(contract, payload, native.objectConstants(object, OPTION_PREFIX)),
		plan: joinPlan(contract, payload, layout),
		filter,
		redactable: redactableFields(contract, payload, layout, filter),
	};
}

/** CEL has names of its own, such as "bytes" and "type"; a field with one would make every filter of the probe fail. */
function checkNames(message: string, filter: FilterSchema): void {
	try {
		createEnvironment(filter);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new JoinError(`filters cannot name a field of ${message}: ${reason}`);
	}
}

function programsOf(programs: readonly ObjectProgram[]): CatalogProgram[] {
	return programs
		.filter(({ name }) => !name.endsWith(BODY_SUFFIX))
		.map(({ name, section }) => ({
			kind: section.split('/')[0] ?? '',
			attachPoint: section,
			keepsArguments: name.startsWith(KEEP_PREFIX),
		}));
}

/** Plain data, of attach points that there are. */
function optionalHooksOf(
	message: string,
	hooks: readonly OptionalHook[],
	programs: readonly CatalogProgram[],
): OptionalHook[] {
	return hooks.map(({ attachPoints, limitation }) => {
		const unknown = attachPoints.find((point) => programs.every(({ attachPoint }) => attachPoint !== point));
		if (unknown !== undefined)
			throw new JoinError(`an optional hook of ${message} is on ${unknown}, where the object has no program`);
		return { attachPoints: [...attachPoints], limitation };
	});
}
