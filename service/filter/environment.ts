import { Environment } from '@marcbachmann/cel-js';
import { parseAddress, parseNetwork } from './addresses.js';
import type { FieldType, FilterField, FilterSchema } from './field.js';
import { MAX_AST_NODES, MAX_DEPTH, MAX_LIST_ELEMENTS } from './limits.js';

/** An address, as `ip()` makes it; for the checker, and for an interpreter beside the compiler. */
export class Address {
	constructor(readonly bytes: Buffer) {}
}

/** A network, as `cidr()` makes it. */
export class Cidr {
	constructor(
		readonly address: Buffer,
		readonly bits: number,
	) {}

	contains({ bytes }: Address): boolean {
		for (let bit = 0; bit < this.bits; bit++) {
			const mask = 128 >> (bit & 7);
			if (((bytes[bit >> 3] ?? 0) & mask) !== ((this.address[bit >> 3] ?? 0) & mask)) return false;
		}
		return true;
	}
}

/** The namespace of bit operations, as in cel-go's extension "math". */
class MathNamespace {}

const MIN = -(2n ** 63n);
const signed = (value: bigint) => BigInt.asIntN(64, value);

const CEL_TYPES: Readonly<Record<FieldType, string>> = {
	int: 'int',
	bool: 'bool',
	string: 'string',
	duration: 'google.protobuf.Duration',
	address: 'Address',
};

/** Names of the context stand in messages; those of the payload alone. */
const MESSAGE_TYPE: Readonly<Record<string, string>> = { process: 'sonde.v1.Process' };

/** The language of one probe's filters: its names, with their types, and the functions. */
export function createEnvironment({ fields, enumValues }: FilterSchema): Environment {
	const environment = new Environment({
		unlistedVariablesAreDyn: false,
		limits: { maxAstNodes: MAX_AST_NODES, maxDepth: MAX_DEPTH, maxListElements: MAX_LIST_ELEMENTS },
	});
	environment.registerType('Address', Address);
	environment.registerType('Cidr', Cidr);
	environment.registerType('Math', MathNamespace);
	environment.registerConstant('math', 'Math', new MathNamespace());
	for (const [name, members] of messagesOf(fields)) {
		const type = MESSAGE_TYPE[name] ?? name;
		environment.registerType({ name: type, schema: Object.fromEntries(members) });
		environment.registerVariable(name, type);
	}
	for (const { name, type } of fields) {
		if (!name.includes('.')) environment.registerVariable(name, CEL_TYPES[type]);
	}
	for (const [name, value] of Object.entries(enumValues)) {
		environment.registerConstant(name, 'int', BigInt(value));
	}
	registerFunctions(environment);
	return environment;
}

function messagesOf(fields: readonly FilterField[]): Map<string, [string, string][]> {
	const messages = new Map<string, [string, string][]>();
	for (const { name, type } of fields) {
		const [message = '', member] = name.split('.');
		if (member === undefined || member.startsWith('_')) continue;
		const members = messages.get(message) ?? [];
		members.push([member, CEL_TYPES[type]]);
		messages.set(message, members);
	}
	return messages;
}

/** Known to the kernel alone: an interpreter has no answer. */
function unknowable(): never {
	throw new Error('only the kernel knows');
}

function registerFunctions(environment: Environment): void {
	if (environment.hasVariable('process')) {
		environment.registerFunction('sonde.v1.Process.descends_from(int): bool', unknowable);
		environment.registerFunction('sonde.v1.Process.cgroup_under(string): bool', unknowable);
		environment.registerFunction('sonde.v1.Process.in_namespace_of(int): bool', unknowable);
		environment.registerFunction('sonde.v1.Process.in_namespace_of(int, string): bool', unknowable);
	}
	environment.registerFunction('ip(string): Address', (text: string) => {
		const bytes = parseAddress(text);
		if (bytes === undefined) throw new Error(`not an address: ${text}`);
		return new Address(bytes);
	});
	environment.registerFunction('cidr(string): Cidr', (text: string) => {
		const network = parseNetwork(text);
		if (network === undefined) throw new Error(`not a network: ${text}`);
		return new Cidr(network.address, network.bits);
	});
	environment.registerFunction('Cidr.containsIP(Address): bool', (network: Cidr, address: Address) =>
		network.contains(address),
	);
	environment.registerOperator('Address == Address', (a: Address, b: Address) => a.bytes.equals(b.bytes));
	environment.registerOperator('Address in Cidr', (a: Address, network: Cidr) => network.contains(a));
	environment.registerOperator('Address in list<Cidr>', (a: Address, networks: readonly Cidr[]) =>
		networks.some((network) => network.contains(a)),
	);
	const binary = (name: string, compute: (a: bigint, b: bigint) => bigint) =>
		environment.registerFunction(`Math.${name}(int, int): int`, (_: MathNamespace, a: bigint, b: bigint) =>
			signed(compute(a, b)),
		);
	binary('bitAnd', (a, b) => a & b);
	binary('bitOr', (a, b) => a | b);
	binary('bitXor', (a, b) => a ^ b);
	binary('bitShiftLeft', (a, b) => (shift(b) > 63n ? 0n : a << b));
	binary('bitShiftRight', (a, b) => (shift(b) > 63n ? 0n : BigInt.asUintN(64, a) >> b));
	environment.registerFunction('Math.bitNot(int): int', (_: MathNamespace, a: bigint) => signed(~a));
}

function shift(distance: bigint): bigint {
	if (distance < 0n) throw new Error(`a shift by a negative number: ${distance}`);
	return distance;
}

/** Whether a number is one of CEL's. */
export function isInt(value: bigint): boolean {
	return value >= MIN && value < -MIN;
}
