import { MAX_INSTRUCTIONS } from '../limits.js';
import { FilterProblem } from '../problem.js';
import {
	ALU,
	ALU_BITS,
	ALU64,
	type AluOperator,
	CALL,
	type Condition,
	HELPERS,
	type Helper,
	JMP,
	JMP32,
	JUMP_ALWAYS,
	JUMP_BITS,
	K,
	LD_IMM64,
	LDX,
	MEM,
	type Operand,
	PSEUDO_MAP_FD,
	type Register,
	SIZE_BITS,
	type Size,
	ST,
	STX,
	X,
} from './opcodes.js';

/** A place in a program that jumps can name. */
export interface Label {
	/** Index of the instruction behind it; undefined until it is bound. */
	at: number | undefined;
}

/** A program under construction. */
export interface Assembler {
	label(): Label;
	/** The label stands before the next instruction. */
	bind(label: Label): void;
	alu(register: Register, operator: AluOperator, operand: Operand): void;
	/** On the lower 32 bits; the upper ones become 0. */
	alu32(register: Register, operator: AluOperator, operand: Operand): void;
	negate(register: Register): void;
	load(to: Register, size: Size, base: Register, offset: number): void;
	store(base: Register, offset: number, size: Size, value: Operand): void;
	immediate64(to: Register, value: bigint): void;
	/** The address of a map, by its index in the filter. */
	map(to: Register, index: number): void;
	call(helper: Helper): void;
	jump(to: Label): void;
	jumpIf(register: Register, condition: Condition, operand: Operand, to: Label): void;
	/** Compares the lower 32 bits. */
	jumpIf32(register: Register, condition: Condition, operand: Operand, to: Label): void;
	/** The program, without what cannot be reached and jumps to the next instruction. */
	finish(): Assembled;
}

/** Instructions as the kernel takes them. */
export interface Assembled {
	readonly code: Buffer;
	/** Slots of 8 bytes. */
	readonly instructions: number;
	/** Where the descriptor of a map has to be written, by slot. */
	readonly mapReferences: readonly { readonly slot: number; readonly map: number }[];
}

const SLOT_BYTES = 8;
/** Before what cannot be reached is left out. With 64-bit immediates alone, jumps still reach over all of them. */
const MAX_ITEMS = 16_000;

interface Item {
	readonly code: number;
	readonly to: Register;
	readonly from: number;
	readonly offset: number;
	readonly immediate: number;
	/** Of a 64-bit immediate: its upper half. */
	readonly upper?: number;
	readonly target?: Label;
	readonly map?: number;
}

/** Makes an empty program. Its end is where the placeholder goes on. */
export function createAssembler(): Assembler {
	const items: Item[] = [];

	function push(item: Partial<Item> & { readonly code: number }): void {
		if (items.length >= MAX_ITEMS)
			throw new FilterProblem(
				`the expression becomes far more than the ${MAX_INSTRUCTIONS.toLocaleString('en-US')} eBPF instructions that it may become`,
			);
		items.push({ to: 0, from: 0, offset: 0, immediate: 0, ...item });
	}

	function withOperand(code: number, operand: Operand) {
		return 'register' in operand
			? { code: code | X, from: operand.register }
			: { code: code | K, immediate: operand.immediate };
	}

	return {
		label: () => ({ at: undefined }),
		bind(label) {
			label.at = items.length;
		},
		alu(register, operator, operand) {
			push({ ...withOperand(ALU64 | ALU_BITS[operator], operand), to: register });
		},
		alu32(register, operator, operand) {
			push({ ...withOperand(ALU | ALU_BITS[operator], operand), to: register });
		},
		negate(register) {
			push({ code: ALU64 | ALU_BITS.neg, to: register });
		},
		load(to, size, base, offset) {
			push({ code: LDX | MEM | SIZE_BITS[size], to, from: base, offset });
		},
		store(base, offset, size, value) {
			const [code, rest] =
				'register' in value ? [STX, { from: value.register }] : [ST, { immediate: value.immediate }];
			push({ code: code | MEM | SIZE_BITS[size], to: base, offset, ...rest });
		},
		immediate64(to, value) {
			const unsigned = BigInt.asUintN(64, value);
			push({
				code: LD_IMM64,
				to,
				immediate: Number(BigInt.asIntN(32, unsigned)),
				upper: Number(BigInt.asIntN(32, unsigned >> 32n)),
			});
		},
		map(to, index) {
			push({ code: LD_IMM64, to, from: PSEUDO_MAP_FD, upper: 0, map: index });
		},
		call(helper) {
			push({ code: JMP | CALL, immediate: HELPERS[helper] });
		},
		jump(target) {
			push({ code: JMP | JUMP_ALWAYS, target });
		},
		jumpIf(register, condition, operand, target) {
			push({ ...withOperand(JMP | JUMP_BITS[condition], operand), to: register, target });
		},
		jumpIf32(register, condition, operand, target) {
			push({ ...withOperand(JMP32 | JUMP_BITS[condition], operand), to: register, target });
		},
		finish: () => encode(items, keptOf(items)),
	};
}

function indexOf({ at }: Label): number {
	if (at === undefined) throw new Error('a jump to a label that is nowhere');
	return at;
}

function isJump({ code }: Item): boolean {
	return code === (JMP | JUMP_ALWAYS);
}

/** Which instructions stay. */
function keptOf(items: readonly Item[]): boolean[] {
	const kept = reachable(items);
	// From the end: what a jump jumps over has then been decided. `next` is the first one that stays behind it.
	let next = items.length;
	for (let i = items.length - 1; i >= 0; i--) {
		if (!kept[i]) continue;
		const item = items[i];
		const target = item?.target === undefined ? undefined : indexOf(item.target);
		// A jump over nothing but what is left out.
		if (item !== undefined && isJump(item) && target !== undefined && target > i && target <= next)
			kept[i] = false;
		else next = i;
	}
	return kept;
}

/** The verifier refuses programs that hold what cannot be reached. */
function reachable(items: readonly Item[]): boolean[] {
	const reached: boolean[] = Array(items.length).fill(false);
	const open = [0];
	for (let index = open.pop(); index !== undefined; index = open.pop()) {
		for (let i = index; ; i++) {
			const item = items[i];
			if (item === undefined || reached[i]) break;
			reached[i] = true;
			if (item.target !== undefined) open.push(indexOf(item.target));
			if (isJump(item)) break;
		}
	}
	return reached;
}

function encode(items: readonly Item[], kept: readonly boolean[]): Assembled {
	// Slot of each instruction, and of the end.
	const slots = [0];
	for (const [i, { upper }] of items.entries()) {
		const size = kept[i] ? (upper === undefined ? 1 : 2) : 0;
		slots.push((slots[i] ?? 0) + size);
	}
	const slotOf = (index: number) => slots[index] ?? 0;
	const instructions = slotOf(items.length);
	const code = Buffer.alloc(instructions * SLOT_BYTES);
	const mapReferences: { slot: number; map: number }[] = [];
	for (const [i, item] of items.entries()) {
		if (!kept[i]) continue;
		const slot = slotOf(i);
		const at = slot * SLOT_BYTES;
		const offset = item.target === undefined ? item.offset : slotOf(indexOf(item.target)) - slot - 1;
		code.writeUInt8(item.code, at);
		code.writeUInt8(item.to | (item.from << 4), at + 1);
		code.writeInt16LE(offset, at + 2);
		code.writeInt32LE(item.immediate, at + 4);
		if (item.upper !== undefined) code.writeInt32LE(item.upper, at + SLOT_BYTES + 4);
		if (item.map !== undefined) mapReferences.push({ slot, map: item.map });
	}
	return { code, instructions, mapReferences };
}
