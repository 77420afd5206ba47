import { type DescField, ScalarType } from '@bufbuild/protobuf';
import type { Native } from '../../native.js';
import type { CatalogAttachment, CatalogEntry } from '../entry.js';
import type { Contract, Payload } from './contract.js';
import { filterSchema } from './filter-fields.js';
import { joinPlan } from './plan.js';

// What native/src/core/bpf_object.cc takes for a start.
const START_PREFIX = 'tracepoint/syscalls/sys_enter_';

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
	const sections = native.objectPrograms(object).map(({ section }) => section);
	return {
		id: probe.id,
		object: field.name,
		payload: field.message.typeName,
		summary: probe.summary,
		description: contract.commentOf(field.message),
		cost: probe.cost,
		costNote: probe.costNote,
		attachments: attachmentsOf(sections),
		fields: field.message.fields.map((member) => ({
			name: member.name,
			type: typeName(member),
			unit: contract.optionsOf(member).unit,
			description: contract.commentOf(member),
			enumValues: member.fieldKind === 'enum' ? member.enum.values.map(({ name }) => name) : [],
		})),
		plan: joinPlan(contract, payload, layout),
		filter: filterSchema(contract, payload, layout),
	};
}

/** A section is "kind/attach point"; that of a body, which is reached by a tail call, only its kind. */
function attachmentsOf(sections: readonly string[]): CatalogAttachment[] {
	const isStart = (section: string) => section.startsWith(START_PREFIX);
	return sections
		.filter((section) => !section.includes('/'))
		.map((kind) => {
			const attached = sections.filter((section) => section.startsWith(`${kind}/`));
			return {
				kind,
				attachPoints: attached.filter((section) => !isStart(section)),
				startPoints: attached.filter(isStart),
			};
		});
}

function typeName(field: DescField): string {
	switch (field.fieldKind) {
		case 'scalar':
			return ScalarType[field.scalar].toLowerCase();
		case 'enum':
			return field.enum.typeName;
		case 'message':
			return field.message.typeName;
		default:
			return field.fieldKind;
	}
}
