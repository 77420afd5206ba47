// The events of shim.bpf.c, and what filters may name of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FieldPlace, FieldType, FilterField, FilterSchema } from '../../service/filter/field.js';
import type { Host } from '../../service/filter/host.js';
import { loadNative, type TypeLayout } from '../../service/native.js';
import { PACKAGE_ROOT } from '../../service/paths.js';

const native = loadNative();
/** Compiled by build-shim.sh. */
export const SHIM_OBJECT = readFileSync(join(PACKAGE_ROOT, 'dist/test/filter/shim.bpf.o'));
const LAYOUT = native.structLayout(SHIM_OBJECT, 'shim_event');
/** Size of an event. */
export const EVENT_BYTES = LAYOUT.size;

const TYPES: Readonly<Record<string, FieldType>> = {
	flag: 'bool',
	wait_ns: 'duration',
	address: 'address',
	name: 'string',
	text: 'string',
};

export const SCHEMA: FilterSchema = {
	fields: LAYOUT.members
		.filter(({ name }) => !name.startsWith('_'))
		.map(
			({ name, offset, type }): FilterField => ({
				name,
				type: TYPES[name] ?? 'int',
				at: placeOf(name, offset, type),
				context: undefined,
			}),
		),
	enumValues: { KIND_ONE: 1, KIND_TWO: 2 },
};

function placeOf(name: string, offset: number, type: TypeLayout): FieldPlace {
	if (name === 'text') {
		const bytes = LAYOUT.members.find((member) => member.name === '_text');
		if (bytes === undefined) throw new Error('the shim has no bytes for its text');
		return { kind: 'string', lengthOffset: offset + 2, offset: bytes.offset, capacity: bytes.type.size - 8 };
	}
	if (type.kind === 'array')
		return name === 'address' ? { kind: 'address', offset } : { kind: 'chars', offset, size: type.size };
	if (type.kind === 'struct') throw new Error(`${name} is a struct`);
	const { size, signed } = type;
	if (size !== 1 && size !== 2 && size !== 4 && size !== 8) throw new Error(`${name} has ${size} bytes`);
	return { kind: 'number', offset, size, signed };
}

/** Events of the shim happen on no host. */
export const NO_HOST: Host = {
	obstacle: () => '',
	cgroup: () => 'there is none',
	hasProcess: () => false,
	namespaceOf: () => 'there is none',
	tracker: () => Buffer.alloc(0),
};

/** Values of an event, by name; those of numbers fit their fields. */
export interface ShimEvent {
	readonly long_number: bigint;
	readonly unsigned_long: bigint;
	readonly number: number;
	readonly unsigned_number: number;
	readonly short_number: number;
	readonly unsigned_short: number;
	readonly byte_number: number;
	readonly unsigned_byte: number;
	readonly flag: boolean;
	readonly wait_ns: bigint;
	readonly address: Buffer;
	/** At most 16 bytes without NUL. */
	readonly name: Buffer;
	readonly text: Buffer;
}

/** Bytes behind texts are what another event left there. */
const GARBAGE = Buffer.from('etc passwd shadow /usr/lib abcabcabcaaaaaaaa/etc/', 'latin1');

/** An event as the program finds it. */
export function encodeEvent(event: ShimEvent): Buffer {
	const bytes = Buffer.alloc(EVENT_BYTES);
	for (let at = 0; at < bytes.length; at++) bytes[at] = GARBAGE[at % GARBAGE.length] ?? 0;
	const values = new Map<string, bigint | number | boolean | Buffer>(Object.entries(event));
	for (const field of SCHEMA.fields) {
		const value = values.get(field.name);
		if (value !== undefined) writeField(bytes, field, Buffer.isBuffer(value) ? value : BigInt(value));
	}
	return bytes;
}

/** Puts the value of a field where a program finds it. */
export function writeField(bytes: Buffer, { name, at }: FilterField, value: bigint | Buffer): void {
	if (at.kind === 'number') {
		if (typeof value !== 'bigint') throw new Error(`${name} is a number`);
		writeNumber(bytes, at.offset, at.size, value);
		return;
	}
	if (typeof value === 'bigint') throw new Error(`${name} is no number`);
	value.copy(bytes, at.offset);
	if (at.kind === 'string') bytes.writeUInt16LE(value.length, at.lengthOffset);
	if (at.kind === 'chars' && value.length < at.size) bytes[at.offset + value.length] = 0;
}

function writeNumber(bytes: Buffer, offset: number, size: 1 | 2 | 4 | 8, value: bigint): void {
	const unsigned = BigInt.asUintN(size * 8, value);
	for (let i = 0; i < size; i++) bytes[offset + i] = Number((unsigned >> BigInt(8 * i)) & 255n);
}
