import type { Bool } from './ir.js';

export const TRUE: Bool = { op: 'bool', value: true };
export const FALSE: Bool = { op: 'bool', value: false };

/** All of them, or any, as a tree that is not deep: for long chains. */
export function balanced(op: 'and' | 'or', parts: readonly Bool[]): Bool {
	const [only] = parts;
	if (only === undefined) return op === 'and' ? TRUE : FALSE;
	if (parts.length === 1) return only;
	const middle = parts.length >> 1;
	return join(op, balanced(op, parts.slice(0, middle)), balanced(op, parts.slice(middle)));
}

function join(op: 'and' | 'or', left: Bool, right: Bool): Bool {
	const decides = op === 'or';
	for (const [side, other] of [
		[left, right],
		[right, left],
	] as const) {
		if (side.op === 'bool') return side.value === decides ? side : other;
	}
	return { op, left, right };
}

export function not(arg: Bool): Bool {
	if (arg.op === 'bool') return { op: 'bool', value: !arg.value };
	return arg.op === 'not' ? arg.arg : { op: 'not', arg };
}
