import { type DescField, ScalarType } from '@bufbuild/protobuf';
import { Sensitivity } from '../../gen/sonde/v1/options.js';
import { type Contract, SOURCE_ENCODER, SOURCE_PROGRAM } from './contract.js';
import { JoinError } from './plan.js';

const RAW_SUFFIX = '_raw';
const KNOWN: ReadonlySet<Sensitivity> = new Set([
	...[Sensitivity.NONE, Sensitivity.ARGUMENTS, Sensitivity.PATHS, Sensitivity.CONTENT, Sensitivity.ADDRESSES],
]);

/**
 * The classes of a payload's field; none stands for SENSITIVITY_NONE of numbers. What the encoder makes of a text has those of the
 * text.
 *
 * @throws JoinError when a text, or bytes, do not say whether they have one.
 */
export function sensitivityOf(contract: Contract, field: DescField): Sensitivity[] {
	const { source, sensitivity } = contract.optionsOf(field);
	if (source === SOURCE_ENCODER && field.name.endsWith(RAW_SUFFIX)) {
		const text = field.parent.fields.find(({ name }) => name === field.name.slice(0, -RAW_SUFFIX.length));
		if (text !== undefined) return sensitivityOf(contract, text);
	}
	const known = sensitivity.filter((each): each is Sensitivity => KNOWN.has(each));
	const where = `${field.parent.typeName}.${field.name}`;
	if (known.length < sensitivity.length || (known.length > 1 && known.includes(Sensitivity.NONE)))
		throw new JoinError(`${where} has a sensitivity that is none`);
	if (source === SOURCE_PROGRAM && known.length === 0 && isFree(field))
		throw new JoinError(`${where} must say what it can tell: its sensitivity, or SENSITIVITY_NONE`);
	return known;
}

/** Whether it can hold anything. */
function isFree(field: DescField): boolean {
	if (field.fieldKind === 'message' || field.fieldKind === 'enum') return false;
	if (field.fieldKind === 'list' && field.listKind !== 'scalar') return false;
	if (field.fieldKind === 'map') return true;
	return field.scalar === ScalarType.STRING || field.scalar === ScalarType.BYTES;
}
