import { holds } from '../arithmetic.js';
import type { Comparison, TextField, TextTest } from '../ir.js';
import type { Label } from './assembler.js';
import { blur, type Code, isImmediate } from './code.js';
import type { Register, Size } from './opcodes.js';

/** Positions that are compared before the end of the text is looked for: at most one less than what follows its bytes. */
const GROUP = 8;

/** Where the bytes of a text begin, from the start of the event. */
export function bytesOffset({ at }: TextField): number {
	return at.offset;
}

/** The most bytes that it has. */
export function capacityOf({ at }: TextField): number {
	return at.kind === 'chars' ? at.size : at.capacity;
}

/**
 * Loads the length of a text, in bytes. The verifier knows then that it is no more than the capacity.
 *
 * @param spare another register.
 */
export function loadLength({ asm, event }: Code, field: TextField, to: Register, spare: Register): void {
	const end = asm.label();
	if (field.at.kind === 'string') {
		asm.load(to, 2, event, field.at.lengthOffset);
		// It never is: for the verifier.
		asm.jumpIf(to, '<=', { immediate: field.at.capacity }, end);
		asm.alu(to, '=', { immediate: 0 });
	} else {
		const { offset, size } = field.at;
		for (let i = 0; i < size; i++) {
			asm.alu(to, '=', { immediate: i });
			asm.load(spare, 1, event, offset + i);
			asm.jumpIf(spare, '==', { immediate: 0 }, end);
		}
		asm.alu(to, '=', { immediate: size });
	}
	asm.bind(end);
}

/** Loads that cover so many bytes; the last one may overlap the one before. */
function* piecesOf(
	length: number,
	largest: Size = 8,
): Generator<{ readonly offset: number; readonly size: Size }> {
	let offset = 0;
	for (const size of ([8, 4, 2, 1] as const).filter((each) => each <= largest)) {
		while (length - offset >= size) {
			yield { offset, size };
			offset += size;
		}
		if (offset > 0 && offset < length && length >= size) {
			yield { offset: length - size, size };
			return;
		}
	}
}

function readPiece(bytes: Buffer, offset: number, size: Size): bigint {
	return size === 8 ? bytes.readBigUInt64LE(offset) : BigInt(bytes.readUIntLE(offset, size));
}

/** Compares bytes at a place with constants; goes on behind itself if they are the same. */
function compareBytes(
	{ asm, scratch }: Code,
	base: Register,
	offset: number,
	bytes: Buffer,
	different: Label,
): void {
	const [found, constant] = [scratch[0], scratch[4]];
	for (const { offset: at, size } of piecesOf(bytes.length)) {
		const wanted = readPiece(bytes, at, size);
		asm.load(found, size, base, offset + at);
		if (size < 4) asm.jumpIf(found, '!=', { immediate: Number(wanted) }, different);
		else if (size === 4)
			asm.jumpIf32(found, '!=', { immediate: Number(BigInt.asIntN(32, wanted)) }, different);
		else if (isImmediate(BigInt.asIntN(64, wanted)))
			asm.jumpIf(found, '!=', { immediate: Number(BigInt.asIntN(64, wanted)) }, different);
		else {
			asm.immediate64(constant, wanted);
			asm.jumpIf(found, '!=', { register: constant }, different);
		}
	}
}

/** Writes a test of a text against constant bytes, at least one of them unless it is `equals`. */
export function writeTextTest(
	code: Code,
	how: TextTest,
	field: TextField,
	bytes: Buffer,
	yes: Label,
	no: Label,
): void {
	const { asm } = code;
	// An array of characters ends at its first NUL.
	const isImpossible = bytes.length > capacityOf(field) || (field.at.kind === 'chars' && bytes.includes(0));
	if (isImpossible) {
		asm.jump(no);
		return;
	}
	switch (how) {
		case 'equals':
			writeEquals(code, field, bytes, yes, no);
			return;
		case 'startsWith':
			writeStartsWith(code, field, bytes, yes, no);
			return;
		case 'endsWith':
			writeEndsWith(code, field, bytes, yes, no);
			return;
		case 'contains':
			writeContains(code, field, bytes, yes, no);
			return;
	}
}

function writeEquals(code: Code, field: TextField, bytes: Buffer, yes: Label, no: Label): void {
	const { asm, event, scratch } = code;
	const { at } = field;
	if (at.kind === 'string') {
		asm.load(scratch[1], 2, event, at.lengthOffset);
		asm.jumpIf(scratch[1], '!=', { immediate: bytes.length }, no);
		compareBytes(code, event, at.offset, bytes, no);
	} else {
		const terminated = bytes.length < at.size ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes;
		compareBytes(code, event, at.offset, terminated, no);
	}
	asm.jump(yes);
}

function writeStartsWith(code: Code, field: TextField, bytes: Buffer, yes: Label, no: Label): void {
	const { asm, event, scratch } = code;
	if (field.at.kind === 'string') {
		asm.load(scratch[1], 2, event, field.at.lengthOffset);
		asm.jumpIf(scratch[1], '<', { immediate: bytes.length }, no);
	}
	compareBytes(code, event, bytesOffset(field), bytes, no);
	asm.jump(yes);
}

function writeEndsWith(code: Code, field: TextField, bytes: Buffer, yes: Label, no: Label): void {
	const { asm, event, scratch } = code;
	const [, length, place] = scratch;
	loadLength(code, field, length, place);
	asm.jumpIf(length, '<', { immediate: bytes.length }, no);
	asm.alu(length, '-=', { immediate: bytes.length });
	asm.alu(place, '=', { register: event });
	asm.alu(place, '+=', { register: length });
	compareBytes(code, place, bytesOffset(field), bytes, no);
	asm.jump(yes);
}

/**
 * Eight positions are compared at a time, with one branch: the verifier walks them all, keeps each branch open, and has
 * room for 8,192. Then those eight, one by one: what lies behind the text may match too, so a match has to be before its
 * end.
 */
function writeContains(code: Code, field: TextField, bytes: Buffer, yes: Label, no: Label): void {
	const { asm, event, scratch, extra } = code;
	const [found, different, piece, position, last] = scratch;
	const place = extra;
	if (place === undefined) throw new Error('a filter that looks for a text needs one register more');
	const [loop, near] = [asm.label(), asm.label()];
	loadLength(code, field, last, place);
	asm.jumpIf(last, '<', { immediate: bytes.length }, no);
	asm.alu(last, '-=', { immediate: bytes.length });
	asm.alu(position, '=', { immediate: 0 });
	asm.bind(loop);
	asm.alu(place, '=', { register: event });
	asm.alu(place, '+=', { register: position });
	// A difference has 32 bits: less one, it is negative only if it was 0.
	asm.alu(found, '=', { immediate: 0 });
	for (let i = 0; i < GROUP; i++) {
		gatherDifference(code, place, bytesOffset(field) + i, bytes, different, piece);
		asm.alu(different, '-=', { immediate: 1 });
		asm.alu(found, '|=', { register: different });
	}
	asm.jumpIf(found, 's<', { immediate: 0 }, near);
	asm.alu(position, '+=', { immediate: GROUP });
	// The known number is the second one: only then do the verifiers of 5.10 and 6.1 see that the loop ends.
	asm.jumpIf(last, '>=', { register: position }, loop);
	asm.jump(no);
	asm.bind(near);
	for (let i = 0; i < GROUP; i++) {
		const next = asm.label();
		gatherDifference(code, place, bytesOffset(field) + i, bytes, different, piece);
		asm.jumpIf(different, '!=', { immediate: 0 }, next);
		asm.jumpIf(last, '>=', { register: position }, yes);
		// The first match is the one that is the furthest from the end.
		asm.jump(no);
		asm.bind(next);
		asm.alu(position, '+=', { immediate: 1 });
	}
	asm.jump(no);
}

/** different = 0 if the bytes at the place are these; its upper half is 0. */
function gatherDifference(
	{ asm }: Code,
	place: Register,
	offset: number,
	bytes: Buffer,
	different: Register,
	piece: Register,
): void {
	let into = different;
	for (const { offset: at, size } of piecesOf(bytes.length, 4)) {
		asm.load(into, size, place, offset + at);
		asm.alu32(into, '^=', { immediate: Number(BigInt.asIntN(32, readPiece(bytes, at, size))) });
		if (into === piece) asm.alu(different, '|=', { register: piece });
		into = piece;
	}
}

/** Compares byte by byte. */
export function writeTextOrder(
	code: Code,
	how: Comparison,
	field: TextField,
	bytes: Buffer,
	yes: Label,
	no: Label,
): void {
	const { asm, event, scratch } = code;
	const [found, length, spare] = scratch;
	const target = (order: number) => (holds(how, order) ? yes : no);
	loadLength(code, field, length, spare);
	const compared = bytes.subarray(0, capacityOf(field));
	for (const [i, byte] of compared.entries()) {
		asm.jumpIf(length, '==', { immediate: i }, target(-1));
		asm.load(found, 1, event, bytesOffset(field) + i);
		asm.jumpIf(found, '<', { immediate: byte }, target(-1));
		asm.jumpIf(found, '>', { immediate: byte }, target(1));
	}
	// All that was compared is the same: the longer one is greater.
	if (compared.length < bytes.length) {
		asm.jump(target(-1));
		return;
	}
	asm.jumpIf(length, '==', { immediate: bytes.length }, target(0));
	asm.jump(target(1));
}

const LOWEST_BITS = 0x0101_0101_0101_0101n;

/** Counts bytes that begin a code point: all but 10xxxxxx, also where the text is no UTF-8. */
export function sizeOfText(code: Code, field: TextField, of: 'bytes' | 'codePoints', to: Register): void {
	const { asm, event, scratch } = code;
	const [word, place, ones, position, length] = scratch;
	loadLength(code, field, length, place);
	asm.alu(to, '=', { register: length });
	if (of === 'bytes') {
		blur(code, to);
		return;
	}
	const [loop, whole, end] = [asm.label(), asm.label(), asm.label()];
	asm.immediate64(ones, LOWEST_BITS);
	asm.alu(position, '=', { immediate: 0 });
	asm.bind(loop);
	asm.jumpIf(length, '<=', { register: position }, end);
	asm.alu(place, '=', { register: event });
	asm.alu(place, '+=', { register: position });
	asm.load(word, 8, place, bytesOffset(field));
	// The lowest bit of each byte: whether its bit 7 is set and its bit 6 is not.
	const others = place;
	asm.alu(others, '=', { register: word });
	asm.alu(others, '>>=', { immediate: 6 });
	asm.alu(others, '^=', { immediate: -1 });
	asm.alu(word, '>>=', { immediate: 7 });
	asm.alu(word, '&=', { register: others });
	asm.alu(word, '&=', { register: ones });
	const rest = place;
	asm.alu(rest, '=', { register: length });
	asm.alu(rest, '-=', { register: position });
	asm.jumpIf(rest, '>=', { immediate: 8 }, whole);
	// Bytes behind the text are shifted out.
	asm.alu(rest, '<<=', { immediate: 3 });
	asm.negate(rest);
	asm.alu(rest, '+=', { immediate: 64 });
	asm.alu(rest, '&=', { immediate: 63 });
	asm.alu(word, '<<=', { register: rest });
	asm.bind(whole);
	// The uppermost byte of the product is the sum of all bytes.
	asm.alu(word, '*=', { register: ones });
	asm.alu(word, '>>=', { immediate: 56 });
	asm.alu(to, '-=', { register: word });
	asm.alu(position, '+=', { immediate: 8 });
	asm.jump(loop);
	asm.bind(end);
	blur(code, to);
}
