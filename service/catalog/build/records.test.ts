// Random records of every probe: what the struct holds, by its BTF, is what the encoder's message says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DescField, type DescMessage, fromBinary, ScalarType } from '@bufbuild/protobuf';
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import fc from 'fast-check';
import { EventSchema, StreamEventsResponseSchema } from '../../../clients/typescript/index.js';
import { loadNative, type NumberLayout, type StructLayout, type TypeLayout } from '../../native.js';
import { EVENTS_FIELD } from '../../traces/events-field.js';
import { readCatalog, readObject } from '../entry.js';
import { stackOp } from './plan.js';

const RUNS = 300;
const LONGEST_TEXT_BYTES = 4096;
/** In padding, members that stay on the node, and behind the texts: what is read from the wrong place does not look right. */
const FILLER = 0xa5;

/** A message as plain data; fields with their default are left out. */
type Plain = { [field: string]: unknown };

/** A value for one member. */
interface Value {
	readonly expected: Plain;
	/** Puts it into the struct; `tail` is where the next text goes. */
	write(record: Buffer, offset: number, tail: number): void;
	/** What comes behind the struct. */
	readonly tail?: Uint8Array;
}

/** A member with a field. */
interface Leaf {
	readonly offset: number;
	/** Fields of the messages around it. */
	readonly within: readonly string[];
	readonly values: fc.Arbitrary<Value>;
}

const native = loadNative();

function plain(field: string, value: unknown): Plain {
	const isDefault = value === 0 || value === 0n || value === false || value === '';
	return isDefault ? {} : { [field]: value };
}

function numbers(field: string, { size, signed, bool }: NumberLayout): fc.Arbitrary<Value> {
	if (bool) {
		return fc.boolean().map((value) => ({
			expected: plain(field, value),
			write: (record, offset) => void record.writeUInt8(value ? 1 : 0, offset),
		}));
	}
	if (size === 8) {
		const values = signed
			? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
			: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
		return values.map((value) => ({
			expected: plain(field, value),
			write: (record, offset) => void record.writeBigUInt64LE(BigInt.asUintN(64, value), offset),
		}));
	}
	const span = 2 ** (8 * size);
	const values = signed ? fc.integer({ min: -span / 2, max: span / 2 - 1 }) : fc.nat({ max: span - 1 });
	return values.map((value) => ({
		expected: plain(field, value),
		write: (record, offset) => void record.writeUIntLE(value < 0 ? value + span : value, offset, size),
	}));
}

/** Of a number that stands for a name; the plan of the build has none. */
function names(field: string): fc.Arbitrary<Value> {
	return fc.nat({ max: 0xffff_ffff }).map((value) => ({
		expected: plain(field, value === 0 ? '' : String(value)),
		write: (record, offset) => void record.writeUInt32LE(value, offset),
	}));
}

const PIECES = ['a', '/', 'é', '€', '😀', '\uFEFF'].map((text) => Buffer.from(text));
const BROKEN = ['80', 'ff', 'c3', 'e282', 'f09f98', 'eda080', 'c0af'].map((hex) => Buffer.from(hex, 'hex'));

/** At most so many bytes, without NUL: empty, valid, broken, and as long as can be. */
function texts(most: number): fc.Arbitrary<Buffer> {
	const cut = (parts: readonly Uint8Array[]) => Buffer.concat(parts).subarray(0, most);
	return fc.oneof(
		fc.array(fc.constantFrom(...PIECES)).map(cut),
		fc.array(fc.constantFrom(...PIECES, ...BROKEN)).map(cut),
		fc.constantFrom('x', '\xff').map((byte) => Buffer.alloc(most, byte, 'latin1')),
	);
}

function isUtf8(bytes: Uint8Array): boolean {
	return Buffer.from(Buffer.from(bytes).toString('utf8')).equals(bytes);
}

function decoded(bytes: Uint8Array): string {
	return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function textFields(field: string, bytes: Buffer): Plain {
	const text = plain(field, decoded(bytes));
	return isUtf8(bytes) ? text : { ...text, [`${field}_raw`]: bytes.toString('hex') };
}

function chars(field: string, size: number): fc.Arbitrary<Value> {
	return texts(size).map((text) => ({
		expected: textFields(field, text),
		write: (record, offset) => {
			// Behind the NUL may be anything.
			if (text.length < size) record.writeUInt8(0, offset + text.length);
			record.set(text, offset);
		},
	}));
}

function writeString(text: Uint8Array) {
	return (record: Buffer, offset: number, tail: number) => {
		record.writeUInt16LE(tail, offset);
		record.writeUInt16LE(text.length, offset + 2);
	};
}

function strings(field: string): fc.Arbitrary<Value> {
	return texts(LONGEST_TEXT_BYTES).map((text) => ({
		expected: textFields(field, text),
		write: writeString(text),
		tail: text,
	}));
}

/** Bytes that are no text. */
function tails(field: string): fc.Arbitrary<Value> {
	return fc.uint8Array({ maxLength: LONGEST_TEXT_BYTES }).map((bytes) => ({
		expected: plain(field, Buffer.from(bytes).toString('hex')),
		write: writeString(bytes),
		tail: bytes,
	}));
}

/** Texts with a NUL behind each; that of the last one may have been cut off. */
function lists(field: string): fc.Arbitrary<Value> {
	const list = fc.tuple(fc.array(texts(100), { maxLength: 20 }), fc.boolean());
	return list.map(([elements, isCut]) => {
		const whole = Buffer.concat(elements.flatMap((text) => [text, Buffer.alloc(1)]));
		const tail = isCut && (elements.at(-1)?.length ?? 0) > 0 ? whole.subarray(0, -1) : whole;
		const expected: Plain = elements.length === 0 ? {} : { [field]: elements.map(decoded) };
		if (!elements.every(isUtf8)) expected[`${field}_raw`] = elements.map((text) => text.toString('hex'));
		return { expected, write: writeString(tail), tail };
	});
}

/** Of the one stack in a record; with several each has a number of its own. */
function stacks(field: string): fc.Arbitrary<Value> {
	const list = fc.bigUint64Array({ maxLength: 127 });
	return list.map((addresses) => {
		const tail = Buffer.from(addresses.buffer, addresses.byteOffset, addresses.byteLength);
		return { expected: tail.length === 0 ? {} : { [field]: 'a stack' }, write: writeString(tail), tail };
	});
}

function addresses(field: string): fc.Arbitrary<Value> {
	const mapped = Buffer.from('00000000000000000000ffff', 'hex');
	const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
	const ipv4 = bytes(4).map((address) => ({ sent: address, address: Buffer.concat([mapped, address]) }));
	const ipv6 = fc
		.oneof(bytes(16), fc.constant(new Uint8Array(16)))
		.filter((address) => !mapped.equals(address.subarray(0, 12)))
		.map((address) => ({ sent: address, address }));
	return fc.oneof(ipv4, ipv6).map(({ sent, address }) => ({
		expected: { [field]: Buffer.from(sent).toString('hex') },
		write: (record, offset) => record.set(address, offset),
	}));
}

function valuesOf(field: DescField, type: TypeLayout): fc.Arbitrary<Value> {
	switch (type.kind) {
		case 'int':
			return field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING
				? names(field.name)
				: numbers(field.name, type);
		case 'enum':
			// The BTF of an enum may have no sign; in a message it always has one.
			return numbers(field.name, { ...type, signed: true });
		case 'struct':
			if (stackOp(type) !== undefined) return stacks(field.name);
			if (field.fieldKind === 'scalar' && field.scalar === ScalarType.BYTES) return tails(field.name);
			return field.fieldKind === 'list' ? lists(field.name) : strings(field.name);
		case 'array': {
			const isText = type.element.kind === 'int' && type.element.name === 'char';
			return isText ? chars(field.name, type.size) : addresses(field.name);
		}
	}
}

function leavesOf(
	message: DescMessage,
	struct: StructLayout,
	base: number,
	within: readonly string[],
): Leaf[] {
	const members = struct.members.filter(({ name }) => !name.startsWith('_'));
	return members.flatMap(({ name, offset, type }): Leaf[] => {
		const field = message.fields.find((candidate) => candidate.name === name);
		assert.ok(field !== undefined, `${message.typeName}.${name}`);
		if (field.fieldKind === 'message' && type.kind === 'struct')
			return leavesOf(field.message, type, base + offset, [...within, name]);
		return [{ offset: base + offset, within, values: valuesOf(field, type) }];
	});
}

/** What is set of a message, its bytes in hex. */
function plainOf(message: ReflectMessage): Plain {
	const set: Plain = {};
	const hex = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value);
	for (const field of message.fields) {
		if (!message.isSet(field)) continue;
		if (field.fieldKind === 'message') set[field.name] = plainOf(message.get(field));
		else if (field.fieldKind === 'list') set[field.name] = [...message.get(field)].map(hex);
		else set[field.name] = hex(message.get(field));
	}
	return set;
}

/** Stacks are numbered as they come. */
function withoutNumbers(message: Plain): Plain {
	const entries = Object.entries(message).map(([name, value]): [string, unknown] => {
		if (name.endsWith('_stack_id')) return [name, 'a stack'];
		return [name, isPlain(value) ? withoutNumbers(value) : value];
	});
	return Object.fromEntries(entries);
}

function isPlain(value: unknown): value is Plain {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function recordOf(size: number, leaves: readonly Leaf[], values: readonly Value[]): Buffer {
	const tails = values.map(({ tail }) => tail ?? new Uint8Array());
	const record = Buffer.concat([Buffer.alloc(size, FILLER), ...tails, Buffer.alloc(8, FILLER)]);
	let tail = size;
	for (const [i, value] of values.entries()) {
		value.write(record, leaves[i]?.offset ?? 0, tail);
		tail += value.tail?.length ?? 0;
	}
	return record;
}

function expectedOf(leaves: readonly Leaf[], values: readonly Value[], payload: string): Plain {
	// Messages are there even when nothing in them is set.
	const expected: Plain = {};
	const messages = new Map<string, Plain>([['', expected]]);
	for (const name of ['process', payload]) {
		const message: Plain = {};
		expected[name] = message;
		messages.set(name, message);
	}
	for (const [i, value] of values.entries()) {
		const message = messages.get(leaves[i]?.within.join('.') ?? '');
		assert.ok(message !== undefined);
		Object.assign(message, value.expected);
	}
	return expected;
}

for (const { id, object, payload, plan } of readCatalog()) {
	test(`the message of ${id} holds what its struct does`, () => {
		const layout = native.structLayout(readObject(object), `${object}_event`);
		const field = EventSchema.fields.find(({ name }) => name === object);
		const header = layout.members.find(({ name }) => name === '_event')?.type;
		assert.ok(field?.fieldKind === 'message' && header?.kind === 'struct');
		assert.equal(field.message.typeName, payload);
		const leaves = [...leavesOf(EventSchema, header, 0, []), ...leavesOf(field.message, layout, 0, [object])];
		const values = fc.tuple(...leaves.map((leaf) => leaf.values));
		fc.assert(
			fc.property(values, (chosen) => {
				const record = recordOf(layout.size, leaves, chosen);
				const bytes = native.encodeRecord(plan, EVENTS_FIELD, record);
				const { events } = fromBinary(StreamEventsResponseSchema, bytes);
				assert.equal(events.length, 1);
				const [event] = events;
				assert.ok(event !== undefined);
				assert.deepEqual(
					withoutNumbers(plainOf(reflect(EventSchema, event))),
					expectedOf(leaves, chosen, object),
				);
			}),
			{ numRuns: RUNS, includeErrorInReport: true },
		);
	});
}
