import type { AddressField, Bool, Int, Network, TextField } from '../ir.js';
import { MAX_CHAIN, MAX_LISTED_TEXT_BYTES } from '../limits.js';
import { FilterProblem } from '../problem.js';
import type { Label } from './assembler.js';
import { type Code, constantOperand, FRAME, loadNumber } from './code.js';
import type { Register } from './opcodes.js';
import { bytesOffset, capacityOf, loadLength, writeTextTest } from './texts.js';

/** Whether a set is asked by a helper. */
export function isMap(node: Int | Bool): boolean {
	switch (node.op) {
		case 'oneOf':
		case 'textOneOf':
			return node.values.length > MAX_CHAIN;
		case 'network':
			return node.networks.length > MAX_CHAIN;
		case 'descends':
			return true;
		default:
			return false;
	}
}

/** Whether a number is one of a few, or of many. */
export function writeOneOf(
	code: Code,
	value: Register,
	values: readonly bigint[],
	yes: Label,
	no: Label,
): void {
	const { asm, scratch } = code;
	if (values.length <= MAX_CHAIN) {
		for (const each of values) asm.jumpIf(value, '==', constantOperand(code, each, scratch[4]), yes);
		asm.jump(no);
		return;
	}
	const keys = values.map((each) => {
		const key = Buffer.alloc(8);
		key.writeBigInt64LE(each);
		return key;
	});
	code.withStack(8, (slot) => {
		asm.store(FRAME, slot, 8, { register: value });
		askMap(code, code.addMap({ kind: 'hash', keyBytes: 8, keys }), slot, yes, no);
	});
}

function askMap({ asm }: Code, map: number, key: number, yes: Label, no: Label): void {
	asm.map(1, map);
	asm.alu(2, '=', { register: FRAME });
	asm.alu(2, '+=', { immediate: key });
	asm.call('map_lookup_elem');
	asm.jumpIf(0, '!=', { immediate: 0 }, yes);
	asm.jump(no);
}

/** Whether a text is one of a few, or of many. */
export function writeTextOneOf(
	code: Code,
	field: TextField,
	values: readonly Buffer[],
	yes: Label,
	no: Label,
): void {
	if (values.length > MAX_CHAIN) {
		writeTextInMap(code, field, values, yes, no);
		return;
	}
	for (const bytes of values) {
		const next = code.asm.label();
		writeTextTest(code, 'equals', field, bytes, yes, next);
		code.asm.bind(next);
	}
	code.asm.jump(no);
}

/** A key is the length of a text, and then the text in as many bytes as the longest one has. */
function writeTextInMap(
	code: Code,
	field: TextField,
	values: readonly Buffer[],
	yes: Label,
	no: Label,
): void {
	const { asm } = code;
	// What is longer than the field can never be in it.
	const possible = values.filter(({ length }) => length <= capacityOf(field));
	const longest = Math.max(1, ...possible.map(({ length }) => length));
	if (longest > MAX_LISTED_TEXT_BYTES) {
		throw new FilterProblem(
			`in a list of more than ${MAX_CHAIN} texts each may have ${MAX_LISTED_TEXT_BYTES} bytes, one has ${longest}`,
		);
	}
	const textBytes = Math.ceil(longest / 8) * 8;
	const keys = possible.map((bytes) => {
		const key = Buffer.alloc(8 + textBytes);
		key.writeBigUInt64LE(BigInt(bytes.length));
		bytes.copy(key, 8);
		return key;
	});
	code.withStack(8 + textBytes, (slot) => {
		const length: Register = 2;
		loadLength(code, field, length, 3);
		asm.jumpIf(length, '>', { immediate: longest }, no);
		asm.store(FRAME, slot, 8, { register: length });
		for (let at = 8; at < 8 + textBytes; at += 8) asm.store(FRAME, slot + at, 8, { immediate: 0 });
		asm.alu(1, '=', { register: FRAME });
		asm.alu(1, '+=', { immediate: slot + 8 });
		asm.alu(3, '=', { register: code.event });
		asm.alu(3, '+=', { immediate: bytesOffset(field) });
		asm.call('probe_read_kernel');
		askMap(code, code.addMap({ kind: 'hash', keyBytes: 8 + textBytes, keys }), slot, yes, no);
	});
}

/** Words of an address. */
const WORDS = [0, 8] as const;

/** Whether an address is in one of a few networks, or of many. */
export function writeNetworks(
	code: Code,
	field: AddressField,
	networks: readonly Network[],
	yes: Label,
	no: Label,
): void {
	if (networks.length > MAX_CHAIN) {
		writeNetworksInTrie(code, field, networks, yes, no);
		return;
	}
	const { asm } = code;
	for (const network of networks) {
		const next = asm.label();
		for (const at of WORDS) writeWord(code, field, network, at, next);
		asm.jump(yes);
		asm.bind(next);
	}
	asm.jump(no);
}

function writeWord(
	code: Code,
	field: AddressField,
	{ address, bits }: Network,
	at: number,
	different: Label,
): void {
	const { asm, event, scratch } = code;
	const [found, other] = scratch;
	const mask = maskOf(bits).readBigUInt64LE(at);
	if (mask === 0n) return;
	asm.load(found, 8, event, field.at.offset + at);
	if (mask !== 2n ** 64n - 1n) {
		asm.immediate64(other, mask);
		asm.alu(found, '&=', { register: other });
	}
	asm.immediate64(other, address.readBigUInt64LE(at));
	asm.jumpIf(found, '!=', { register: other }, different);
}

function maskOf(bits: number): Buffer {
	const mask = Buffer.alloc(16);
	for (let bit = 0; bit < bits; bit++) mask[bit >> 3] = (mask[bit >> 3] ?? 0) | (128 >> (bit & 7));
	return mask;
}

/** A key is the number of bits (u32), and the address. */
const TRIE_KEY_BYTES = 20;

function writeNetworksInTrie(
	code: Code,
	field: AddressField,
	networks: readonly Network[],
	yes: Label,
	no: Label,
): void {
	const { asm, event } = code;
	const keys = networks.map(({ address, bits }) => {
		const key = Buffer.alloc(TRIE_KEY_BYTES);
		key.writeUInt32LE(bits);
		address.copy(key, 4);
		return key;
	});
	code.withStack(TRIE_KEY_BYTES, (slot) => {
		asm.store(FRAME, slot, 4, { immediate: 128 });
		for (let at = 0; at < 16; at += 4) {
			asm.load(0, 4, event, field.at.offset + at);
			asm.store(FRAME, slot + 4 + at, 4, { register: 0 });
		}
		askMap(code, code.addMap({ kind: 'trie', keyBytes: TRIE_KEY_BYTES, keys }), slot, yes, no);
	});
}

/** Whether what a field names is in a set that is kept true; its keys have 64 bits. */
export function writeDescends(
	code: Code,
	{ field, tree }: Bool & { readonly op: 'descends' },
	yes: Label,
	no: Label,
): void {
	const { asm } = code;
	code.withStack(8, (slot) => {
		loadNumber(code, 0, field.at);
		asm.store(FRAME, slot, 8, { register: 0 });
		askMap(code, code.addMap(tree), slot, yes, no);
	});
}
