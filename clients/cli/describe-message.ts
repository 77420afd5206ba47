import { type DescEnum, type DescField, ScalarType } from '@bufbuild/protobuf';
import {
	isReflectList,
	isReflectMap,
	isReflectMessage,
	type ReflectMessage,
} from '@bufbuild/protobuf/reflect';
import { escapeBytes, escapeText } from './escape.js';

/**
 * Writes any message as `name=value name=value`, fields in the order of the contract and named as there. Fields that
 * have presence and are not set are left out, and so are flags that are not up and lists without elements.
 */
export function describeMessage(message: ReflectMessage): string {
	return message.fields
		.filter((field) => message.isSet(field) || isZeroShown(field))
		.map((field) => `${field.name}=${describeValue(message.get(field), field)}`)
		.join(' ');
}

/** Presence of a field whose zero is a value like any other. Source: google.protobuf.FeatureSet.FieldPresence. */
const IMPLICIT_PRESENCE = 2;

function isZeroShown(field: DescField): boolean {
	if (field.fieldKind === 'scalar' && field.scalar === ScalarType.BOOL) return false;
	return field.fieldKind !== 'list' && field.presence === IMPLICIT_PRESENCE;
}

function describeValue(value: unknown, field: DescField): string {
	if (isReflectMessage(value)) return `{${describeMessage(value)}}`;
	if (isReflectList(value)) return `[${[...value].map((item) => describeValue(item, field)).join(', ')}]`;
	if (isReflectMap(value)) {
		const entries = [...value].map(
			([key, item]) => `${escapeText(String(key))}: ${describeValue(item, field)}`,
		);
		return `{${entries.join(', ')}}`;
	}
	if (value instanceof Uint8Array) return quote(escapeBytes(value));
	if (typeof value === 'string') return quote(escapeText(value));
	if (typeof value === 'number' && field.enum) return enumName(field.enum, value);
	return String(value);
}

function quote(escaped: string): string {
	return `"${escaped.replaceAll('"', '\\"')}"`;
}

function enumName(desc: DescEnum, value: number): string {
	return desc.value[value]?.localName.toLowerCase() ?? String(value);
}
