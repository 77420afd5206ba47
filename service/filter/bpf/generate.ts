import type { Bool, Comparison, Int } from '../ir.js';
import { childrenOf, mayFail } from '../ir.js';
import { MAX_INSTRUCTIONS } from '../limits.js';
import { FilterProblem } from '../problem.js';
import type { BlankPlace } from '../redaction.js';
import type { Assembled, Label } from './assembler.js';
import { type Code, createCode, type FilterMap, FRAME, type Targets } from './code.js';
import { isLeaf, leafOperand, writeInt } from './ints.js';
import { type Condition, inverse, type Operand, type Register } from './opcodes.js';
import { isTail, writeBlanks } from './redact.js';
import { isMap, writeDescends, writeNetworks, writeOneOf, writeTextOneOf } from './sets.js';
import { writeTextOrder, writeTextTest } from './texts.js';

/** What runs in the kernel for one condition. */
export interface Program extends Assembled {
	readonly maps: readonly FilterMap[];
}

/** What a placeholder gives; enum sonde_filter_result in bpf/include/filter.bpf.h. */
const MATCH = 1;
const REJECT = 0;
const FAILED = -1;

const CONDITIONS: Readonly<Record<Comparison, Condition>> = {
	...{ '==': '==', '!=': '!=', '<': 's<', '<=': 's<=', '>': 's>', '>=': 's>=' },
};

/**
 * Writes the program of a condition: r1 holds the event when it begins, r0 the result at its end, behind its last
 * instruction.
 *
 * @param blanks what is blanked in an event that matches.
 * @throws FilterProblem when it gets too large.
 */
export function generate(condition: Bool, blanks: readonly BlankPlace[] = []): Program {
	const code = createCode(needsWide(condition) || blanks.some(isTail));
	const { asm } = code;
	const [yes, no, failed, end] = [asm.label(), asm.label(), asm.label(), asm.label()];
	writeBool(code, condition, 0, { yes, no, failed, next: yes });
	const results = [
		[yes, MATCH],
		[no, REJECT],
		[failed, FAILED],
	] as const;
	for (const [label, value] of results) {
		asm.bind(label);
		if (value === MATCH) writeBlanks(code, blanks);
		asm.alu(0, '=', { immediate: value });
		asm.jump(end);
	}
	asm.bind(end);
	const assembled = asm.finish();
	if (assembled.instructions > MAX_INSTRUCTIONS) {
		const is = assembled.instructions.toLocaleString('en-US');
		const most = MAX_INSTRUCTIONS.toLocaleString('en-US');
		throw new FilterProblem(`the expression becomes ${is} eBPF instructions, it may become ${most}`);
	}
	return { ...assembled, maps: code.maps };
}

/** Whether r1 is needed for something else than the event. */
function needsWide(node: Int | Bool): boolean {
	if (node.op === 'text' && node.how === 'contains') return true;
	return isMap(node) || childrenOf(node).some(needsWide);
}

function writeBool(code: Code, node: Bool, depth: number, targets: Targets): void {
	const { asm, scratch } = code;
	const { yes, no, failed } = targets;
	switch (node.op) {
		case 'bool':
			asm.jump(node.value ? yes : no);
			return;
		case 'flag': {
			asm.load(scratch[0], node.field.at.size, code.event, node.field.at.offset);
			branch(code, scratch[0], '!=', { immediate: 0 }, targets);
			return;
		}
		case 'not': {
			const exchanged = { ...targets, yes: no, no: yes };
			writeBool(code, node.arg, depth, exchanged);
			return;
		}
		case 'and':
			writeBoth(code, node.left, node.right, depth, targets, false);
			return;
		case 'or':
			writeBoth(code, node.left, node.right, depth, targets, true);
			return;
		case 'choose': {
			const [first, second] = [asm.label(), asm.label()];
			writeBool(code, node.condition, depth, { yes: first, no: second, failed, next: first });
			asm.bind(first);
			writeBool(code, node.yes, depth, { yes, no, failed, next: second });
			asm.bind(second);
			writeBool(code, node.no, depth, targets);
			return;
		}
		case 'compare':
			writeComparison(code, node, depth, targets);
			return;
		case 'oneOf':
			if (node.arg.op === 'number') {
				const operand = leafOperand(code, node.arg, scratch[0]);
				if ('register' in operand) {
					writeOneOf(code, operand.register, node.values, yes, no);
					return;
				}
			}
			writeOneOf(code, int(code, node.arg, depth, failed), node.values, yes, no);
			return;
		case 'text':
			writeTextTest(code, node.how, node.field, node.bytes, yes, no);
			return;
		case 'textOrder':
			writeTextOrder(code, node.how, node.field, node.bytes, yes, no);
			return;
		case 'textOneOf':
			writeTextOneOf(code, node.field, node.values, yes, no);
			return;
		case 'descends':
			writeDescends(code, node, yes, no);
			return;
		case 'network':
			writeNetworks(code, node.field, node.networks, yes, no);
			return;
	}
}

/**
 * What is remembered of a first side. A byte in the middle of a slot, and not 0: the verifier does not follow it, and so
 * walks what comes next once and not twice.
 */
const FINE = 1;
const HAS_FAILED = 2;

function int(code: Code, node: Int, depth: number, failed: Label): Register {
	return writeInt(
		code,
		(condition, at, targets) => writeBool(code, condition, at, targets),
		node,
		depth,
		failed,
	);
}

function branch(
	{ asm }: Code,
	register: Register,
	condition: Condition,
	operand: Operand,
	{ yes, no, next }: Targets,
): void {
	if (next === yes) {
		asm.jumpIf(register, inverse(condition), operand, no);
		return;
	}
	asm.jumpIf(register, condition, operand, yes);
	if (next !== no) asm.jump(no);
}

/**
 * Both sides of `and` (or of `or`): one that is false (true) decides, also when the other one fails. A side that cannot
 * fail comes first; if both can, the first one's failure is remembered until the second has been asked.
 */
function writeBoth(
	code: Code,
	left: Bool,
	right: Bool,
	depth: number,
	targets: Targets,
	decides: boolean,
): void {
	const { asm, scratch } = code;
	const { yes, no, failed } = targets;
	const second = asm.label();
	const first = decides ? { yes, no: second } : { yes: second, no };
	if (!mayFail(left) || !mayFail(right)) {
		const [before, after] = mayFail(left) ? [right, left] : [left, right];
		writeBool(code, before, depth, { ...first, failed, next: second });
		asm.bind(second);
		writeBool(code, after, depth, targets);
		return;
	}
	code.withStack(8, (slot) => {
		const [hasFailed, undecided] = [asm.label(), asm.label()];
		asm.store(FRAME, slot + 1, 1, { immediate: FINE });
		writeBool(code, left, depth, { ...first, failed: hasFailed, next: second });
		asm.jump(second);
		asm.bind(hasFailed);
		asm.store(FRAME, slot + 1, 1, { immediate: HAS_FAILED });
		asm.bind(second);
		const last = decides ? { yes, no: undecided } : { yes: undecided, no };
		writeBool(code, right, depth, { ...last, failed, next: undecided });
		asm.bind(undecided);
		asm.load(scratch[0], 1, FRAME, slot + 1);
		asm.jumpIf(scratch[0], '==', { immediate: HAS_FAILED }, failed);
		asm.jump(decides ? no : yes);
	});
}

function writeComparison(
	code: Code,
	{ how, left, right }: Bool & { readonly op: 'compare' },
	depth: number,
	targets: Targets,
): void {
	const { scratch } = code;
	const condition = CONDITIONS[how];
	const register = (node: Int, through: Register) => {
		const operand = leafOperand(code, node, through);
		if ('register' in operand) return operand.register;
		code.asm.alu(through, '=', operand);
		return through;
	};
	if (isLeaf(left) && isLeaf(right)) {
		const a = register(left, scratch[0]);
		branch(code, a, condition, leafOperand(code, right, scratch[1]), targets);
		return;
	}
	if (isLeaf(left)) {
		const b = int(code, right, depth, targets.failed);
		branch(code, register(left, scratch[0]), condition, { register: b }, targets);
		return;
	}
	const a = int(code, left, depth, targets.failed);
	if (isLeaf(right)) {
		branch(code, a, condition, leafOperand(code, right, scratch[1]), targets);
		return;
	}
	if (code.values[depth + 1] !== undefined) {
		const b = int(code, right, depth + 1, targets.failed);
		branch(code, a, condition, { register: b }, targets);
		return;
	}
	code.withStack(8, (slot) => {
		code.asm.store(FRAME, slot, 8, { register: a });
		const b = int(code, right, depth, targets.failed);
		code.asm.load(scratch[0], 8, FRAME, slot);
		branch(code, scratch[0], condition, { register: b }, targets);
	});
}
