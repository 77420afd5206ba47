import { type DescEnum, type DescField, getOption, ScalarType } from '@bufbuild/protobuf';
import {
	isReflectList,
	isReflectMap,
	isReflectMessage,
	type ReflectMessage,
} from '@bufbuild/protobuf/reflect';
import { event_field, formatIpAddress } from '../typescript/index.js';
import { escapeBytes, escapeText } from './escape.js';

/**
 * Writes any message as `name=value name=value`, fields in the order of the contract and named as there. Fields that
 * have presence and are not set are left out, and so are flags that are not up and lists without elements.
 */
export function describeMessage(message: ReflectMessage): string {
	return message.fields
		.filter((field) => hasValue(message, field) && !isUnsaid(message, field))
		.map((field) => `${field.name}=${describeValue(message.get(field), field)}`)
		.join(' ');
}

/** Presence of a field whose zero is a value like any other. Source: google.protobuf.FeatureSet.FieldPresence. */
const IMPLICIT_PRESENCE = 2;

/** Whether a field says something: not one that has presence and is not set. */
export function hasValue(message: ReflectMessage, field: DescField): boolean {
	return field.presence === IMPLICIT_PRESENCE || message.isSet(field);
}

/** A flag that is not up, or a list without elements: not worth a place in a line. */
function isUnsaid(message: ReflectMessage, field: DescField): boolean {
	const isFlag = field.fieldKind === 'scalar' && field.scalar === ScalarType.BOOL;
	return (isFlag || field.fieldKind === 'list') && !message.isSet(field);
}

/** One value of a field, escaped. */
export function describeValue(value: unknown, field: DescField): string {
	if (isReflectMessage(value)) return `{${describeMessage(value)}}`;
	if (isReflectList(value)) return `[${[...value].map((item) => describeValue(item, field)).join(', ')}]`;
	if (isReflectMap(value)) {
		const entries = [...value].map(
			([key, item]) => `${escapeText(String(key))}: ${describeValue(item, field)}`,
		);
		return `{${entries.join(', ')}}`;
	}
	if (value instanceof Uint8Array)
		return isAddress(field) ? formatIpAddress(value) : quote(escapeBytes(value));
	if (typeof value === 'string') return quote(escapeText(value));
	if (typeof value === 'number' && field.enum) return enumName(field.enum, value);
	return String(value);
}

/** Whether a field of bytes holds an address of IPv4 or IPv6: it then has always 4 or 16 of them. */
export function isAddress(field: DescField): boolean {
	return getOption(field, event_field).unit === 'IP address';
}

function quote(escaped: string): string {
	return `"${escaped.replaceAll('"', '\\"')}"`;
}

function enumName(desc: DescEnum, value: number): string {
	return desc.value[value]?.localName.toLowerCase() ?? String(value);
}
