import { holds, mirrored } from './arithmetic.js';
import { FALSE, not } from './conditions.js';
import { type AddressField, type Bool, type Comparison, type Int, mayFail, type TextField } from './ir.js';

/** Compares numbers; of two that are known the answer is, too. */
export function compareInts(how: Comparison, left: Int, right: Int): Bool {
	if (left.op !== 'int') return { op: 'compare', how, left, right };
	if (right.op !== 'int') return { op: 'compare', how: mirrored(how), left: right, right: left };
	const order = left.value < right.value ? -1 : Number(left.value > right.value);
	return { op: 'bool', value: holds(how, order) };
}

/** Compares a text with one that is written out. */
export function compareText(how: Comparison, field: TextField, bytes: Buffer): Bool {
	if (how === '==') return { op: 'text', how: 'equals', field, bytes };
	if (how === '!=') return not({ op: 'text', how: 'equals', field, bytes });
	return { op: 'textOrder', how, field, bytes };
}

/** Whether an address is another one, or is not. */
export function compareAddress(how: Comparison, field: AddressField, bytes: Buffer): Bool {
	const equal: Bool = { op: 'network', field, networks: [{ address: bytes, bits: 128 }] };
	return how === '!=' ? not(equal) : equal;
}

/** Whether a number is one of these. */
export function amongInts(arg: Int, elements: readonly bigint[]): Bool {
	const values = [...new Set(elements)];
	if (arg.op === 'int') return { op: 'bool', value: values.includes(arg.value) };
	// An empty list does not make an error of its left side go away.
	return values.length === 0 && !mayFail(arg) ? FALSE : { op: 'oneOf', arg, values };
}

/** Whether a text is one of these. */
export function amongTexts(field: TextField, elements: readonly Buffer[]): Bool {
	const values = [...new Map(elements.map((bytes) => [bytes.toString('latin1'), bytes])).values()];
	return values.length === 0 ? FALSE : { op: 'textOneOf', field, values };
}
