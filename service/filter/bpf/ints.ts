import type { Arithmetic, BitOperation, Bool, Int } from '../ir.js';
import type { Label } from './assembler.js';
import { blur, type Code, constantOperand, FRAME, loadNumber, type Targets } from './code.js';
import type { Operand, Register } from './opcodes.js';
import { sizeOfText } from './texts.js';

/** Writes the code of a condition; it comes from there where conditions are written. */
export type WriteBool = (node: Bool, depth: number, targets: Targets) => void;

/** Operations without a branch. */
const IS_STRAIGHT: ReadonlySet<Int['op']> = new Set(['bitAnd', 'bitOr', 'bitXor']);

/** Numbers whose code needs no more than the register it ends in. */
export function isLeaf(node: Int): boolean {
	return node.op === 'int' || node.op === 'number';
}

/** A leaf as an operand. */
export function leafOperand(code: Code, node: Int, through: Register): Operand {
	if (node.op === 'int') return constantOperand(code, node.value, through);
	if (node.op !== 'number') throw new Error(`${node.op} is no leaf`);
	loadNumber(code, through, node.field.at);
	return { register: through };
}

/**
 * Computes a number into the register of its depth.
 *
 * @param depth registers of `values` that are taken.
 */
export function writeInt(
	code: Code,
	writeBool: WriteBool,
	node: Int,
	depth: number,
	failed: Label,
): Register {
	const { asm } = code;
	const to = code.values[depth];
	if (to === undefined) throw new Error('no register is left');
	switch (node.op) {
		case 'int':
		case 'number':
			moveLeaf(code, node, to);
			return to;
		case 'size':
			sizeOfText(code, node.field, node.of, to);
			return to;
		case 'choose': {
			const [yes, no, end] = [asm.label(), asm.label(), asm.label()];
			writeBool(node.condition, depth, { yes, no, failed, next: yes });
			asm.bind(yes);
			writeInt(code, writeBool, node.yes, depth, failed);
			asm.jump(end);
			asm.bind(no);
			writeInt(code, writeBool, node.no, depth, failed);
			asm.bind(end);
			blur(code, to);
			return to;
		}
		default: {
			writeInt(code, writeBool, node.left, depth, failed);
			withRight(code, writeBool, node.right, depth, failed, (right) =>
				writeOperation(code, node.op, to, right, failed),
			);
			if (!IS_STRAIGHT.has(node.op)) blur(code, to);
			return to;
		}
	}
}

function moveLeaf(code: Code, node: Int, to: Register): void {
	const operand = leafOperand(code, node, to);
	if (!('register' in operand)) code.asm.alu(to, '=', operand);
}

/** Evaluates a second number while the first one is in the register of `depth`. */
function withRight(
	code: Code,
	writeBool: WriteBool,
	node: Int,
	depth: number,
	failed: Label,
	use: (right: Register) => void,
): void {
	const { asm, scratch } = code;
	const right = scratch[4];
	if (isLeaf(node)) {
		moveLeaf(code, node, right);
		use(right);
	} else if (code.values[depth + 1] !== undefined) {
		use(writeInt(code, writeBool, node, depth + 1, failed));
	} else {
		const held = code.values[depth];
		if (held === undefined) throw new Error('no register is left');
		// The first number waits on the stack.
		code.withStack(8, (slot) => {
			asm.store(FRAME, slot, 8, { register: held });
			writeInt(code, writeBool, node, depth, failed);
			asm.alu(right, '=', { register: held });
			asm.load(held, 8, FRAME, slot);
		});
		use(right);
	}
}

/** left = left op right. Of `scratch` the first three are used. */
function writeOperation(
	code: Code,
	op: Arithmetic | BitOperation,
	left: Register,
	right: Register,
	failed: Label,
): void {
	const { asm } = code;
	switch (op) {
		case 'bitAnd':
			asm.alu(left, '&=', { register: right });
			return;
		case 'bitOr':
			asm.alu(left, '|=', { register: right });
			return;
		case 'bitXor':
			asm.alu(left, '^=', { register: right });
			return;
		case 'shiftLeft':
		case 'shiftRight':
			writeShift(code, op, left, right, failed);
			return;
		case 'add':
		case 'subtract':
			writeSum(code, op, left, right, failed);
			return;
		case 'multiply':
			writeProduct(code, left, right, failed);
			return;
		case 'divide':
		case 'modulo':
			writeQuotient(code, op, left, right, failed);
			return;
	}
}

function writeShift(
	{ asm }: Code,
	op: 'shiftLeft' | 'shiftRight',
	left: Register,
	right: Register,
	failed: Label,
): void {
	const [small, end] = [asm.label(), asm.label()];
	asm.jumpIf(right, 's<', { immediate: 0 }, failed);
	asm.jumpIf(right, 's<=', { immediate: 63 }, small);
	asm.alu(left, '=', { immediate: 0 });
	asm.jump(end);
	asm.bind(small);
	asm.alu(left, op === 'shiftLeft' ? '<<=' : '>>=', { register: right });
	asm.bind(end);
}

/** A sum has left the range if it lies on the wrong side of its first operand. */
function writeSum(
	{ asm, scratch: [sum] }: Code,
	op: 'add' | 'subtract',
	left: Register,
	right: Register,
	failed: Label,
): void {
	const [negative, end] = [asm.label(), asm.label()];
	asm.alu(sum, '=', { register: left });
	asm.alu(sum, op === 'add' ? '+=' : '-=', { register: right });
	asm.jumpIf(right, 's<', { immediate: 0 }, negative);
	asm.jumpIf(sum, op === 'add' ? 's<' : 's>', { register: left }, failed);
	asm.jump(end);
	asm.bind(negative);
	asm.jumpIf(sum, op === 'add' ? 's>=' : 's<=', { register: left }, failed);
	asm.bind(end);
	asm.alu(left, '=', { register: sum });
}

/** to = |from|, which as an unsigned number has always room. */
function writeMagnitude({ asm }: Code, to: Register, from: Register): void {
	const end = asm.label();
	asm.alu(to, '=', { register: from });
	asm.jumpIf(to, 's>=', { immediate: 0 }, end);
	asm.negate(to);
	asm.bind(end);
}

/** eBPF has neither the upper half of a product nor, before 6.6, a division with signs: magnitudes are used. */
function writeProduct(code: Code, left: Register, right: Register, failed: Label): void {
	const { asm, scratch } = code;
	const [a, b, most] = scratch;
	const [negative, end] = [asm.label(), asm.label()];
	writeMagnitude(code, a, left);
	asm.jumpIf(a, '==', { immediate: 0 }, end);
	writeMagnitude(code, b, right);
	asm.alu(most, '=', { immediate: -1 });
	asm.alu(most, '/=', { register: a });
	asm.jumpIf(b, '>', { register: most }, failed);
	asm.alu(a, '*=', { register: b });
	asm.alu(b, '=', { register: left });
	asm.alu(b, '^=', { register: right });
	asm.jumpIf(b, 's<', { immediate: 0 }, negative);
	asm.jumpIf(a, 's<', { immediate: 0 }, failed);
	asm.jump(end);
	asm.bind(negative);
	asm.alu(b, '=', { immediate: 1 });
	asm.alu(b, '<<=', { immediate: 63 });
	asm.jumpIf(a, '>', { register: b }, failed);
	asm.bind(end);
	asm.alu(left, '*=', { register: right });
}

function writeQuotient(
	code: Code,
	op: 'divide' | 'modulo',
	left: Register,
	right: Register,
	failed: Label,
): void {
	const { asm, scratch } = code;
	const [a, b] = scratch;
	const [fits, positive, end] = [asm.label(), asm.label(), asm.label()];
	asm.jumpIf(right, '==', { immediate: 0 }, failed);
	// The smallest number by -1 has no quotient.
	asm.jumpIf(right, '!=', { immediate: -1 }, fits);
	asm.alu(a, '=', { immediate: 1 });
	asm.alu(a, '<<=', { immediate: 63 });
	asm.jumpIf(left, '==', { register: a }, failed);
	asm.bind(fits);
	writeMagnitude(code, a, left);
	writeMagnitude(code, b, right);
	asm.alu(a, op === 'divide' ? '/=' : '%=', { register: b });
	// A quotient is negative if the signs differ, a remainder if the dividend is.
	asm.alu(b, '=', { register: left });
	if (op === 'divide') asm.alu(b, '^=', { register: right });
	asm.jumpIf(b, 's>=', { immediate: 0 }, positive);
	asm.negate(a);
	asm.bind(positive);
	asm.alu(left, '=', { register: a });
	asm.bind(end);
}
