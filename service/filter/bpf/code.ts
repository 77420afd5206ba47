// What the parts of the code generator share.
import type { FieldPlace } from '../field.js';
import type { Tree } from '../ir.js';
import { FilterProblem } from '../problem.js';
import { type Assembler, createAssembler, type Label } from './assembler.js';
import type { Operand, Register } from './opcodes.js';

/** Where a condition goes on; `next` is the one whose code follows, which needs no jump. */
export interface Targets {
	readonly yes: Label;
	readonly no: Label;
	/** When evaluating fails. */
	readonly failed: Label;
	readonly next?: Label;
}

/** A map that a filter asks: whether a key is in it. */
export type FilterMap = KeyMap | Tree;

/** A map that stays as it is. */
export interface KeyMap {
	/** A hash map, or a trie of prefixes, whose keys begin with their length in bits (u32, in the machine's order). */
	readonly kind: 'hash' | 'trie';
	readonly keyBytes: number;
	readonly keys: readonly Buffer[];
}

/** Code under construction, with what is free for it. */
export interface Code {
	readonly asm: Assembler;
	/** Holds the address of the event all the time. */
	readonly event: Register;
	/** Kept across calls of helpers; values of expressions are built up here. */
	readonly values: readonly Register[];
	/** Free within one node of an expression. */
	readonly scratch: readonly [Register, Register, Register, Register, Register];
	/** One more, if it was asked for. */
	readonly extra: Register | undefined;
	/** Takes bytes of the stack for as long as `use` runs; they are aligned to 8. */
	withStack<T>(bytes: number, use: (offset: number) => T): T;
	/** Gives the index of a map. */
	addMap(map: FilterMap): number;
	readonly maps: readonly FilterMap[];
}

/** The combined stack of a body and its filter must stay below 512 bytes. */
const MAX_STACK_BYTES = 192;
/** r10: read only, and loads and stores go relative to it. */
export const FRAME: Register = 10;

/** @param isWide whether r1 must be free, for a call of a helper or as one more register: the event is then in r6. */
export function createCode(isWide: boolean): Code {
	const asm = createAssembler();
	const maps: FilterMap[] = [];
	let stack = 0;
	if (isWide) asm.alu(6, '=', { register: 1 });

	return {
		asm,
		event: isWide ? 6 : 1,
		values: isWide ? [7, 8, 9] : [6, 7, 8, 9],
		scratch: [0, 2, 3, 4, 5],
		extra: isWide ? 1 : undefined,
		withStack(bytes, use) {
			const aligned = Math.ceil(bytes / 8) * 8;
			stack += aligned;
			if (stack > MAX_STACK_BYTES) {
				throw new FilterProblem(
					`the expression needs more room for what it computes in between than the ${MAX_STACK_BYTES} bytes that there are`,
				);
			}
			const result = use(-stack);
			stack -= aligned;
			return result;
		},
		addMap(map) {
			const same = maps.findIndex(
				(each) => 'root' in map && 'root' in each && each.kind === map.kind && each.root === map.root,
			);
			if (same >= 0) return same;
			maps.push(map);
			return maps.length - 1;
		},
		maps,
	};
}

/** Whether a number fits into an instruction. */
export function isImmediate(value: bigint): boolean {
	return BigInt.asIntN(32, value) === value;
}

/** A constant as an operand; large ones go through a register. */
export function constantOperand({ asm }: Code, value: bigint, through: Register): Operand {
	if (isImmediate(value)) return { immediate: Number(value) };
	asm.immediate64(through, value);
	return { register: through };
}

/** Loads a number with its sign. */
export function loadNumber(
	{ asm, event }: Code,
	to: Register,
	{ offset, size, signed }: FieldPlace & { readonly kind: 'number' },
): void {
	asm.load(to, size, event, offset);
	if (!signed || size === 8) return;
	const shift = { immediate: 64 - size * 8 };
	asm.alu(to, '<<=', shift);
	asm.alu(to, 's>>=', shift);
}

/**
 * Makes the verifier forget what it knows of a value that can be reached in several ways: it would walk all that follows
 * once for each of them. What it cannot know, because it is read from memory, goes in and out again.
 */
export function blur({ asm, event, scratch }: Code, register: Register): void {
	const unknown = scratch[0];
	asm.load(unknown, 8, event, 0);
	asm.alu(register, '^=', { register: unknown });
	asm.alu(register, '^=', { register: unknown });
}
