import { isInt } from './environment.js';
import type { Arithmetic, BitOperation, Comparison, Int } from './ir.js';

/** An operation, computed now if both sides are known and it does not fail. */
export function operate(op: Arithmetic | BitOperation, left: Int, right: Int): Int {
	const value = left.op === 'int' && right.op === 'int' ? compute(op, left.value, right.value) : undefined;
	return value === undefined ? { op, left, right } : { op: 'int', value };
}

/** undefined: it fails. */
export function compute(op: Arithmetic | BitOperation, a: bigint, b: bigint): bigint | undefined {
	const value = unbounded(op, a, b);
	return value === undefined || !isInt(value) ? undefined : value;
}

function unbounded(op: Arithmetic | BitOperation, a: bigint, b: bigint): bigint | undefined {
	switch (op) {
		case 'add':
			return a + b;
		case 'subtract':
			return a - b;
		case 'multiply':
			return a * b;
		case 'divide':
			return b === 0n ? undefined : a / b;
		case 'modulo':
			// As the quotient of the smallest number by -1 is none.
			return b === 0n || (b === -1n && !isInt(-a)) ? undefined : a % b;
		case 'bitAnd':
			return a & b;
		case 'bitOr':
			return a | b;
		case 'bitXor':
			return a ^ b;
		case 'shiftLeft':
			if (b < 0n) return undefined;
			return b > 63n ? 0n : BigInt.asIntN(64, a << b);
		case 'shiftRight':
			if (b < 0n) return undefined;
			return b > 63n ? 0n : BigInt.asIntN(64, BigInt.asUintN(64, a) >> b);
	}
}

/** Whether a comparison holds for the sign of left - right. */
export function holds(how: Comparison, order: number): boolean {
	switch (how) {
		case '==':
			return order === 0;
		case '!=':
			return order !== 0;
		case '<':
			return order < 0;
		case '<=':
			return order <= 0;
		case '>':
			return order > 0;
		case '>=':
			return order >= 0;
	}
}

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
	...{ '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' },
};

/** The comparison with its sides exchanged. */
export function mirrored(how: Comparison): Comparison {
	return MIRRORED[how];
}
