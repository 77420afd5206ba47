import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { holds, mirrored, operate } from './arithmetic.js';
import { amongInts, amongTexts, compareAddress, compareInts, compareText } from './comparisons.js';
import { balanced, FALSE, not, TRUE } from './conditions.js';
import { Address, Cidr, isInt } from './environment.js';
import type { FilterField, FilterSchema } from './field.js';
import type { Host } from './host.js';
import type { AddressField, BitOperation, Bool, Comparison, Int, TextTest } from './ir.js';
import { MAX_CONTAINS_BYTES, MAX_TEXT_BYTES } from './limits.js';
import { compareName, passes, whereName } from './names.js';
import { unknownField } from './parse.js';
import { FilterProblem } from './problem.js';
import { atNumber, durationNs, fieldValue, type Value } from './value.js';

/** A part of an expression that must hold for the whole to hold. */
export interface Conjunct {
	readonly text: string;
	readonly ir: Bool;
}

const ARITHMETIC = { '+': 'add', '-': 'subtract', '*': 'multiply', '/': 'divide', '%': 'modulo' } as const;
const BIT_OPERATIONS: Readonly<Record<string, BitOperation>> = {
	bitAnd: 'bitAnd',
	bitOr: 'bitOr',
	bitXor: 'bitXor',
	bitShiftLeft: 'shiftLeft',
	bitShiftRight: 'shiftRight',
};
const TEXT_TESTS: Readonly<Record<string, TextTest>> = {
	startsWith: 'startsWith',
	endsWith: 'endsWith',
	contains: 'contains',
};
/** Of the texts that duration(), ip() and cidr() take. */
const MAX_CONSTANT = 64;
const DURATION = /^[+-]?(?:\d{1,19}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h)){1,6}$/;
/** Of what they take. */
const EXAMPLES: Readonly<Record<string, string>> = {
	duration: '"1.5s" or "10ms"',
	ip: '"10.0.0.1" or "fe80::1"',
	cidr: '"10.0.0.0/8" or "fe80::/10"',
};
/** Of the caller's own words, in messages. */
const MAX_SHOWN = 40;
/** Of the interpreter's. */
const MAX_REASON = 128;
const ZERO: Int = { op: 'int', value: 0n };
const ONE: Int = { op: 'int', value: 1n };
const NO_LOOPS = 'a filter has no loops: write the cases out, or use "in" with a list';
/** Why a function that CEL has cannot be used. */
const REFUSED: Readonly<Record<string, string>> = {
	matches: 'regular expressions do not run in the kernel: use startsWith, endsWith or contains',
	...{ all: NO_LOOPS, exists: NO_LOOPS, exists_one: NO_LOOPS, map: NO_LOOPS, filter: NO_LOOPS },
};

/**
 * Resolves an expression that has been checked into what a program has to do.
 *
 * @throws FilterProblem for what CEL has and a filter has not.
 */
export function lower(
	environment: Environment,
	schema: FilterSchema,
	host: Host,
	expression: string,
	root: ASTNode,
): Conjunct[] {
	const fields = new Map(schema.fields.map((field) => [field.name, field]));
	const textOf = ({ start, end }: ASTNode) => expression.slice(start, end);
	/** For messages: the caret shows where it is. */
	const shown = (node: ASTNode) => {
		const text = textOf(node);
		return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
	};

	function unsupported(node: ASTNode, what: string): FilterProblem {
		return new FilterProblem(what, node);
	}

	function bool(node: ASTNode): Bool {
		const value = lowerNode(node);
		if (value.kind === 'bool') return value.ir;
		throw unsupported(node, `${shown(node)} is not a condition`);
	}

	function int(node: ASTNode): Int {
		const value = lowerNode(node);
		if (value.kind === 'int') return value.ir;
		throw unsupported(node, `${shown(node)} is not a number that a filter can compute`);
	}

	function literalInt(node: ASTNode): bigint {
		const value = int(node);
		if (value.op === 'int') return value.value;
		throw unsupported(node, 'the elements of a list must be written out');
	}

	function literalText(node: ASTNode): Buffer {
		const value = lowerNode(node);
		if (value.kind === 'literal') return value.bytes;
		throw unsupported(node, 'a text can only be compared with a text that is written out');
	}

	/** Of a text that is written out, and nothing else: the interpreter must not be given what can take long. */
	function constant(node: ASTNode, name: string, arg: ASTNode): unknown {
		if (arg.op !== 'value' || typeof arg.args !== 'string')
			throw unsupported(arg, `${name}() takes a text that is written out`);
		if (arg.args.length > MAX_CONSTANT || (name === 'duration' && !DURATION.test(arg.args)))
			throw unsupported(arg, `${name}() takes at most ${MAX_CONSTANT} characters, such as ${EXAMPLES[name]}`);
		try {
			return environment.evaluate(`${name}(${JSON.stringify(arg.args)})`);
		} catch (error) {
			const [reason = ''] = error instanceof Error ? error.message.split('\n') : [];
			throw unsupported(node, reason === '' ? 'this has no value' : reason.slice(0, MAX_REASON));
		}
	}

	function lowerNode(node: ASTNode): Value {
		switch (node.op) {
			case 'value':
				return lowerLiteral(node, node.args);
			case 'id':
				return lowerName(node, node.args);
			case '.':
				return lowerName(node, nameOf(node));
			case '&&':
			case '||':
				return { kind: 'bool', ir: lowerChain(node) };
			case '!_':
				return { kind: 'bool', ir: not(bool(node.args)) };
			case '-_':
				return { kind: 'int', ir: lowerNegative(node.args) };
			case '?:':
				return lowerChoice(node, ...node.args);
			case '+':
			case '-':
			case '*':
			case '/':
			case '%':
				return { kind: 'int', ir: operate(ARITHMETIC[node.op], int(node.args[0]), int(node.args[1])) };
			case '==':
			case '!=':
			case '<':
			case '<=':
			case '>':
			case '>=':
				return { kind: 'bool', ir: lowerComparison(node, node.op, ...node.args) };
			case 'in':
				return { kind: 'bool', ir: lowerMembership(node, ...node.args) };
			case 'call':
				return lowerCall(node, ...node.args);
			case 'rcall':
				return lowerMethod(node, ...node.args);
			case 'list':
				return { kind: 'list', elements: node.args };
			default:
				throw unsupported(node, `${shown(node)} is not supported in filters`);
		}
	}

	function lowerLiteral(node: ASTNode, value: unknown): Value {
		if (typeof value === 'boolean') return { kind: 'bool', ir: { op: 'bool', value } };
		if (typeof value === 'bigint') {
			if (isInt(value)) return { kind: 'int', ir: { op: 'int', value } };
			throw unsupported(node, `${value} is more than the largest int, 9223372036854775807`);
		}
		if (typeof value !== 'string' && !(value instanceof Uint8Array))
			throw unsupported(node, `${shown(node)} has a type that no field has`);
		const [bytes, as] =
			typeof value === 'string'
				? ([Buffer.from(value), 'string'] as const)
				: ([Buffer.from(value), 'bytes'] as const);
		if (bytes.length <= MAX_TEXT_BYTES) return { kind: 'literal', bytes, as };
		throw unsupported(node, `a text may have ${MAX_TEXT_BYTES} bytes, this one has ${bytes.length}`);
	}

	function nameOf(node: ASTNode): string {
		if (node.op === 'id') return node.args;
		if (node.op === '.') return `${nameOf(node.args[0])}.${node.args[1]}`;
		throw unsupported(node, `${shown(node)} has no fields`);
	}

	function lowerName(node: ASTNode, name: string): Value {
		if (name === 'math') return { kind: 'math' };
		const enumValue = schema.enumValues[name];
		if (enumValue !== undefined) return { kind: 'int', ir: { op: 'int', value: BigInt(enumValue) } };
		const field = fields.get(name);
		if (field === undefined) throw unsupported(node, `${name} cannot be used alone`);
		return fieldValue(field);
	}

	function lowerNegative(arg: ASTNode): Int {
		// The smallest number is the only one whose digits alone are too large.
		if (arg.op === 'value' && typeof arg.args === 'bigint' && isInt(-arg.args))
			return { op: 'int', value: -arg.args };
		return operate('subtract', { op: 'int', value: 0n }, int(arg));
	}

	/** A chain is made a balanced tree: long ones are not deep. */
	function lowerChain(node: ASTNode & { readonly op: '&&' | '||' }): Bool {
		return balanced(node.op === '&&' ? 'and' : 'or', chain(node.op, node).map(bool));
	}

	function lowerChoice(node: ASTNode, condition: ASTNode, yes: ASTNode, no: ASTNode): Value {
		const [left, right] = [lowerNode(yes), lowerNode(no)];
		const first = bool(condition);
		if (left.kind === 'bool' && right.kind === 'bool')
			return { kind: 'bool', ir: { op: 'choose', condition: first, yes: left.ir, no: right.ir } };
		if (left.kind === 'int' && right.kind === 'int')
			return { kind: 'int', ir: { op: 'choose', condition: first, yes: left.ir, no: right.ir } };
		throw unsupported(node, 'only conditions and numbers can be chosen with "?:"');
	}

	function lowerComparison(node: ASTNode, how: Comparison, left: ASTNode, right: ASTNode): Bool {
		const [a, b] = [lowerNode(left), lowerNode(right)];
		if (a.kind === 'int' && b.kind === 'int') return compareInts(how, a.ir, b.ir);
		if (a.kind === 'bool' && b.kind === 'bool') return compareBools(node, how, a.ir, b.ir);
		if (a.kind === 'literal' && b.kind === 'literal')
			return { op: 'bool', value: holds(how, Buffer.compare(a.bytes, b.bytes)) };
		if (a.kind === 'name' && b.kind === 'literal') return compareName(how, a.name, b.bytes);
		if (a.kind === 'literal' && b.kind === 'name') return compareName(mirrored(how), b.name, a.bytes);
		if (a.kind === 'text' && b.kind === 'literal') return compareText(how, a.field, b.bytes);
		if (a.kind === 'literal' && b.kind === 'text') return compareText(mirrored(how), b.field, a.bytes);
		if (a.kind === 'address' && b.kind === 'addressLiteral') return compareAddress(how, a.field, b.bytes);
		if (a.kind === 'addressLiteral' && b.kind === 'address') return compareAddress(how, b.field, a.bytes);
		throw unsupported(node, 'one side must be a field and the other one written out');
	}

	function compareBools(node: ASTNode, how: Comparison, left: Bool, right: Bool): Bool {
		// As numbers: each side is written once.
		const number = (condition: Bool): Int => ({ op: 'choose', condition, yes: ONE, no: ZERO });
		if (how === '==' || how === '!=') return compareInts(how, number(left), number(right));
		throw unsupported(node, 'conditions have no order');
	}

	function lowerMembership(node: ASTNode, left: ASTNode, right: ASTNode): Bool {
		const [value, list] = [lowerNode(left), lowerNode(right)];
		if (value.kind === 'address' && list.kind === 'network')
			return { op: 'network', field: value.field, networks: [list.network] };
		if (list.kind !== 'list') throw unsupported(right, 'the right side of "in" must be a list');
		switch (value.kind) {
			case 'int':
				return amongInts(value.ir, list.elements.map(literalInt));
			case 'name': {
				const among = list.elements.map(literalText);
				return whereName(value.name, (name) => among.some((bytes) => bytes.equals(name)));
			}
			case 'text':
				return amongTexts(value.field, list.elements.map(literalText));
			case 'address':
				return amongNetworks(value.field, list.elements);
			case 'literal': {
				const among = list.elements.map(literalText);
				return { op: 'bool', value: among.some((bytes) => bytes.equals(value.bytes)) };
			}
			default:
				throw unsupported(node, '"in" compares fields with what a list writes out');
		}
	}

	function amongNetworks(field: AddressField, elements: readonly ASTNode[]): Bool {
		const networks = elements.map((element) => {
			const value = lowerNode(element);
			if (value.kind === 'network') return value.network;
			if (value.kind === 'addressLiteral') return { address: value.bytes, bits: 128 };
			throw unsupported(element, 'a list of addresses holds ip("...") or cidr("...")');
		});
		return networks.length === 0 ? FALSE : { op: 'network', field, networks };
	}

	function lowerCall(node: ASTNode, name: string, args: readonly ASTNode[]): Value {
		const [arg] = args;
		if (arg === undefined) throw unsupported(node, `${name}() is not supported in filters`);
		switch (name) {
			case 'size':
				return { kind: 'int', ir: sizeOf(node, lowerNode(arg)) };
			case 'has': {
				const field = nameOf(arg);
				if (field.includes('._') || !fields.has(field)) throw unknownField(schema, field, arg);
				return { kind: 'bool', ir: isSet(node, lowerNode(arg)) };
			}
			case 'bytes':
			case 'string':
				return convert(node, lowerNode(arg), name);
			case 'int':
			case 'bool': {
				const value = lowerNode(arg);
				if (value.kind === name) return value;
				break;
			}
			case 'duration':
			case 'ip':
			case 'cidr':
				return lowerConstantCall(node, constant(node, name, arg));
			default:
		}
		throw unsupported(node, REFUSED[name] ?? `${name}() of this is not supported in filters`);
	}

	function lowerConstantCall(node: ASTNode, value: unknown): Value {
		if (value instanceof Address) return { kind: 'addressLiteral', bytes: value.bytes };
		if (value instanceof Cidr)
			return { kind: 'network', network: { address: value.address, bits: value.bits } };
		const ns = durationNs(value);
		if (ns === undefined || !isInt(ns)) throw unsupported(node, 'this duration cannot be counted in ns');
		return { kind: 'int', ir: { op: 'int', value: ns } };
	}

	function lowerMethod(node: ASTNode, name: string, target: ASTNode, args: readonly ASTNode[]): Value {
		const refused = REFUSED[name];
		if (refused !== undefined) throw unsupported(node, refused);
		const [first, second] = args;
		if (target.op === 'id' && target.args === 'process' && first !== undefined)
			return { kind: 'bool', ir: askProcess(node, name, first, second) };
		const value = lowerNode(target);
		if (name === 'size' && first === undefined) return { kind: 'int', ir: sizeOf(node, value) };
		const test = TEXT_TESTS[name];
		if (test !== undefined && first !== undefined)
			return { kind: 'bool', ir: testText(node, test, value, first) };
		if (value.kind === 'math' && first !== undefined)
			return { kind: 'int', ir: lowerBits(name, first, second) };
		if (name === 'containsIP' && value.kind === 'network' && first !== undefined) {
			const address = lowerNode(first);
			if (address.kind === 'address')
				return { kind: 'bool', ir: { op: 'network', field: address.field, networks: [value.network] } };
		}
		throw unsupported(node, `${name}() of this is not supported in filters`);
	}

	function askProcess(node: ASTNode, name: string, first: ASTNode, second: ASTNode | undefined): Bool {
		const obstacle = host.obstacle();
		if (obstacle !== '') throw unsupported(node, obstacle);
		if (name === 'cgroup_under') {
			const path = literalText(first).toString();
			const cgroup = host.cgroup(path);
			if (typeof cgroup === 'string') throw unsupported(first, cgroup);
			const field = atNumber(hidden('process.cgroup_id'));
			// Every process that is known is below the root: there is nothing to follow.
			if (cgroup.path === '/') return compareInts('!=', { op: 'number', field }, ZERO);
			const tracker = host.tracker('cgroupTree');
			return { op: 'descends', field, tree: { kind: 'cgroupTree', root: cgroup.id, cgroup, tracker } };
		}
		const tgid = int(first);
		if (tgid.op !== 'int') throw unsupported(first, 'the process must be written out');
		const kind = second === undefined ? 'pid' : literalText(second).toString();
		if (kind !== 'pid' && kind !== 'mnt') throw unsupported(second ?? node, 'a namespace is "pid" or "mnt"');
		if (name === 'descends_from') {
			if (!host.hasProcess(tgid.value)) throw unsupported(first, `there is no process ${tgid.value}`);
			const field = atNumber(hidden('process.tgid'));
			const tracker = host.tracker('processTree');
			return { op: 'descends', field, tree: { kind: 'processTree', root: tgid.value, tracker } };
		}
		const namespace = host.namespaceOf(tgid.value, kind);
		if (typeof namespace === 'string') throw unsupported(first, namespace);
		const field = hidden(kind === 'pid' ? 'process._pid_namespace' : 'process._mount_namespace');
		return compareInts('==', { op: 'number', field: atNumber(field) }, { op: 'int', value: namespace });
	}

	function hidden(name: string): FilterField {
		const field = fields.get(name);
		if (field === undefined) throw new Error(`an event has no ${name}`);
		return field;
	}

	function lowerBits(name: string, first: ASTNode, second: ASTNode | undefined): Int {
		const op = BIT_OPERATIONS[name];
		if (op !== undefined && second !== undefined) return operate(op, int(first), int(second));
		// bitNot is the only one of one argument.
		return operate('bitXor', int(first), { op: 'int', value: -1n });
	}

	function testText(node: ASTNode, how: TextTest, value: Value, arg: ASTNode): Bool {
		const bytes = literalText(arg);
		if (how === 'contains' && bytes.length > MAX_CONTAINS_BYTES) {
			throw unsupported(
				arg,
				`a text that is looked for may have ${MAX_CONTAINS_BYTES} bytes, this one has ${bytes.length}`,
			);
		}
		if (value.kind === 'text') {
			return bytes.length === 0 ? TRUE : { op: 'text', how, field: value.field, bytes };
		}
		if (value.kind === 'name') return whereName(value.name, (name) => passes(how, name, bytes));
		if (value.kind !== 'literal') throw unsupported(node, `${how}() needs a text`);
		return { op: 'bool', value: passes(how, value.bytes, bytes) };
	}

	function sizeOf(node: ASTNode, value: Value): Int {
		if (value.kind === 'text')
			return { op: 'size', field: value.field, of: value.as === 'bytes' ? 'bytes' : 'codePoints' };
		if (value.kind !== 'literal') throw unsupported(node, 'size() needs a text');
		const size = value.as === 'bytes' ? value.bytes.length : [...value.bytes.toString()].length;
		return { op: 'int', value: BigInt(size) };
	}

	/** As proto3 has it for fields without presence: it is not the default. */
	function isSet(node: ASTNode, value: Value): Bool {
		if (value.kind === 'bool') return value.ir;
		if (value.kind === 'int') return compareInts('!=', value.ir, { op: 'int', value: 0n });
		if (value.kind === 'text') return compareText('!=', value.field, Buffer.alloc(0));
		if (value.kind === 'name') return compareName('!=', value.name, Buffer.alloc(0));
		throw unsupported(node, 'has() needs a field');
	}

	function convert(node: ASTNode, value: Value, as: 'string' | 'bytes'): Value {
		if (value.kind === 'text' || value.kind === 'literal') return { ...value, as };
		throw unsupported(node, `${as}() of this is not supported in filters`);
	}

	return chain('&&', root).map((node) => ({ text: conjunctText(node, textOf(node)), ir: bool(node) }));
}

/** The operands of a chain of the same operator, in order. */
function chain(op: '&&' | '||', node: ASTNode): ASTNode[] {
	const found: ASTNode[] = [];
	const left = [node];
	for (let next = left.pop(); next !== undefined; next = left.pop()) {
		if (next.op === op) left.push(next.args[1], next.args[0]);
		else found.push(next);
	}
	return found;
}

function conjunctText(node: ASTNode, text: string): string {
	return node.op === '||' || node.op === '?:' ? `(${text})` : text;
}
