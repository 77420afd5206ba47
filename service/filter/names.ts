// Fields whose text is the name of a number: what is asked of the text is asked of the names now, and of the number then.
import { holds } from './arithmetic.js';
import type { FilterField, NamePlace } from './field.js';
import type { Bool, Comparison, Int, TextTest } from './ir.js';

/** Such a field. */
export interface NameField {
	readonly number: Int;
	readonly names: readonly string[];
}

/** The field that stands at such a place. */
export function nameField(field: FilterField, { offset, names }: NamePlace): NameField {
	const at = { kind: 'number', offset, size: 4, signed: false } as const;
	return { number: { op: 'number', field: { ...field, at } }, names };
}

/** Whether a text of the caller's passes a test, in full. */
export function passes(how: TextTest, text: Buffer, bytes: Buffer): boolean {
	switch (how) {
		case 'equals':
			return text.equals(bytes);
		case 'startsWith':
			return text.subarray(0, bytes.length).equals(bytes);
		case 'endsWith':
			return text.length >= bytes.length && text.subarray(text.length - bytes.length).equals(bytes);
		case 'contains':
			return text.includes(bytes);
	}
}

/** True for the numbers whose names pass. One without a name, which is written in digits, passes no test. */
export function whereName({ number, names }: NameField, test: (name: Buffer) => boolean): Bool {
	const values = ['', ...names.slice(1)].flatMap((name, value) =>
		(value === 0 || name !== '') && test(Buffer.from(name)) ? [BigInt(value)] : [],
	);
	return values.length === 0 ? { op: 'bool', value: false } : { op: 'oneOf', arg: number, values };
}

/** Compares the name with a text. */
export function compareName(how: Comparison, field: NameField, bytes: Buffer): Bool {
	// Also what has no name is not this one.
	if (how === '!=') return { op: 'not', arg: compareName('==', field, bytes) };
	return whereName(field, (name) => holds(how, Buffer.compare(name, bytes)));
}
