import type { ASTNode } from '@marcbachmann/cel-js';
import type { FilterField } from './field.js';
import type { AddressField, Bool, Int, Network, NumberField, TextField } from './ir.js';
import { type NameField, nameField } from './names.js';

/** What a part of an expression stands for. Durations are ints. */
export type Value =
	| { readonly kind: 'bool'; readonly ir: Bool }
	| { readonly kind: 'int'; readonly ir: Int }
	| { readonly kind: 'text'; readonly field: TextField; readonly as: 'string' | 'bytes' }
	| { readonly kind: 'name'; readonly name: NameField }
	| { readonly kind: 'literal'; readonly bytes: Buffer; readonly as: 'string' | 'bytes' }
	| { readonly kind: 'address'; readonly field: AddressField }
	| { readonly kind: 'addressLiteral'; readonly bytes: Buffer }
	| { readonly kind: 'network'; readonly network: Network }
	| { readonly kind: 'list'; readonly elements: readonly ASTNode[] }
	| { readonly kind: 'math' };

/** What the name of a field stands for. */
export function fieldValue(field: FilterField): Value {
	if (field.at.kind === 'name') return { kind: 'name', name: nameField(field, field.at) };
	switch (field.type) {
		case 'bool':
			return { kind: 'bool', ir: { op: 'flag', field: atNumber(field) } };
		case 'int':
		case 'duration':
			return { kind: 'int', ir: { op: 'number', field: atNumber(field) } };
		case 'string':
			return { kind: 'text', field: atText(field), as: 'string' };
		case 'address':
			return { kind: 'address', field: atAddress(field) };
	}
}

/** A field that is a number. */
export function atNumber(field: FilterField): NumberField {
	if (field.at.kind !== 'number') throw misplaced(field);
	return { ...field, at: field.at };
}

function atText(field: FilterField): TextField {
	if (field.at.kind !== 'chars' && field.at.kind !== 'string') throw misplaced(field);
	return { ...field, at: field.at };
}

function atAddress(field: FilterField): AddressField {
	if (field.at.kind !== 'address') throw misplaced(field);
	return { ...field, at: field.at };
}

function misplaced({ name, type, at }: FilterField): Error {
	return new Error(`field ${name} of type ${type} cannot be at a place of kind ${at.kind}`);
}

const NS_PER_SECOND = 1_000_000_000n;

/** Of the interpreter's Duration, in ns. */
export function durationNs(value: unknown): bigint | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const { seconds, nanos } = value as { seconds?: unknown; nanos?: unknown };
	if (typeof seconds !== 'bigint' || typeof nanos !== 'number') return undefined;
	return seconds * NS_PER_SECOND + BigInt(nanos);
}
