// The typed form between an expression and its instructions. Names, literals and types are resolved; what stays is what a
// program has to do.
import type { AddressPlace, FilterField, NumberPlace, TextPlace } from './field.js';
import type { Cgroup } from './host.js';

/** A field whose place has a known kind. */
export type FieldAt<Place> = FilterField & { readonly at: Place };
export type NumberField = FieldAt<NumberPlace>;
export type TextField = FieldAt<TextPlace>;
export type AddressField = FieldAt<AddressPlace>;

export type Arithmetic = 'add' | 'subtract' | 'multiply' | 'divide' | 'modulo';
export type BitOperation = 'bitAnd' | 'bitOr' | 'bitXor' | 'shiftLeft' | 'shiftRight';
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type TextTest = 'equals' | 'startsWith' | 'endsWith' | 'contains';

/** A signed number of 64 bits. Arithmetic that leaves them fails. */
export type Int =
	| { readonly op: 'int'; readonly value: bigint }
	| { readonly op: 'number'; readonly field: NumberField }
	| { readonly op: Arithmetic | BitOperation; readonly left: Int; readonly right: Int }
	| { readonly op: 'choose'; readonly condition: Bool; readonly yes: Int; readonly no: Int }
	/** Of a text: bytes, or code points. */
	| { readonly op: 'size'; readonly field: TextField; readonly of: 'bytes' | 'codePoints' };

/** True, false, or failed. */
export type Bool =
	| { readonly op: 'bool'; readonly value: boolean }
	| { readonly op: 'flag'; readonly field: NumberField }
	| { readonly op: 'not'; readonly arg: Bool }
	/** Also true (false) if one side fails and the other decides alone. */
	| { readonly op: 'and' | 'or'; readonly left: Bool; readonly right: Bool }
	| { readonly op: 'choose'; readonly condition: Bool; readonly yes: Bool; readonly no: Bool }
	| { readonly op: 'compare'; readonly how: Comparison; readonly left: Int; readonly right: Int }
	/** Without repetitions. */
	| { readonly op: 'oneOf'; readonly arg: Int; readonly values: readonly bigint[] }
	| { readonly op: 'text'; readonly how: TextTest; readonly field: TextField; readonly bytes: Buffer }
	/** Compared byte by byte, which is by code point. */
	| { readonly op: 'textOrder'; readonly how: Comparison; readonly field: TextField; readonly bytes: Buffer }
	/** Without repetitions. */
	| { readonly op: 'textOneOf'; readonly field: TextField; readonly values: readonly Buffer[] }
	/** Whether what a field names is in a set that is kept true. */
	| { readonly op: 'descends'; readonly field: NumberField; readonly tree: Tree }
	| { readonly op: 'network'; readonly field: AddressField; readonly networks: readonly Network[] };

/** What descends from something, and that itself. */
export type Tree = ProcessTree | CgroupTree;

/** By tgid. */
export interface ProcessTree {
	readonly kind: 'processTree';
	readonly root: bigint;
	/** The BPF object that keeps it true. */
	readonly tracker: Buffer;
}

/** By id of a group of cgroup v2. */
export interface CgroupTree {
	readonly kind: 'cgroupTree';
	readonly root: bigint;
	readonly cgroup: Cgroup;
	readonly tracker: Buffer;
}

/** Addresses with the same first bits; those of IPv4 as ::ffff:a.b.c.d. */
export interface Network {
	/** 16 bytes; the others are 0. */
	readonly address: Buffer;
	readonly bits: number;
}

/** The parts that a node is made of. */
export function childrenOf(node: Int | Bool): readonly (Int | Bool)[] {
	switch (node.op) {
		case 'not':
		case 'oneOf':
			return [node.arg];
		case 'choose':
			return [node.condition, node.yes, node.no];
		case 'int':
		case 'number':
		case 'size':
		case 'bool':
		case 'flag':
		case 'text':
		case 'textOrder':
		case 'textOneOf':
		case 'network':
		case 'descends':
			return [];
		default:
			return [node.left, node.right];
	}
}

/** Shifts fail by a negative distance. */
const FAILING: ReadonlySet<(Int | Bool)['op']> = new Set([
	...(['add', 'subtract', 'multiply', 'divide', 'modulo', 'shiftLeft', 'shiftRight'] as const),
]);

/** Whether evaluating may fail. */
export function mayFail(node: Int | Bool): boolean {
	return FAILING.has(node.op) || childrenOf(node).some(mayFail);
}

/** Calls back with each field that is read. */
export function eachField(node: Int | Bool, visit: (field: FilterField) => void): void {
	if ('field' in node) visit(node.field);
	for (const child of childrenOf(node)) eachField(child, visit);
}
