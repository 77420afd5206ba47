import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { lastAtMost } from './kernel-symbols.js';

/** The functions of an ELF file by their place in it. */
export interface ElfSymbols {
	/** What it keeps in memory. */
	readonly bytes: number;
	/** undefined: no function is known there. */
	find(fileOffset: bigint): { readonly name: string; readonly offset: bigint } | undefined;
}

// Source: elf(5), for 64-bit little-endian files.
const MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const SECTION_HEADER_BYTES = 64;
const SYMBOL_BYTES = 24;
const PT_LOAD = 1;
const PF_X = 1;
const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const STT_FUNC = 2;
/** Tables that are read, bytes: of larger ones the names are left out rather than the node stopped for a second. */
const MOST_TABLE_BYTES = 16 * 1024 * 1024;
/** Of a name, bytes; the rest is left out. A stack has some hundred of them, and who is traced may have made the file. */
const MOST_NAME_BYTES = 1_024;
/** Parts with code that are looked through for each address: linkers make one or two. */
const MOST_SEGMENTS = 64;

const NO_SYMBOLS: ElfSymbols = { bytes: 0, find: () => undefined };

/** Reads the symbol table of a file, or, of a stripped one, the names that it exports; none if it is no ELF file. */
export function readElfSymbols(path: string): ElfSymbols {
	let fd: number | undefined;
	try {
		// Where its process mapped a file there may be a FIFO by now, which would not open until somebody writes.
		fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
		// Not a device, which could block.
		return fstatSync(fd).isFile() ? readTables(fd) : NO_SYMBOLS;
	} catch {
		return NO_SYMBOLS;
	} finally {
		if (fd !== undefined) closeSync(fd);
	}
}

interface Section {
	readonly type: number;
	readonly offset: number;
	readonly size: number;
	/** Of a symbol table: the index of its names. */
	readonly link: number;
}

function readTables(fd: number): ElfSymbols {
	const header = readAt(fd, 0, HEADER_BYTES);
	if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return NO_SYMBOLS;
	const programs = readAt(fd, bigAt(header, 32), header.readUInt16LE(56) * PROGRAM_HEADER_BYTES);
	const sections = sectionsOf(readAt(fd, bigAt(header, 40), header.readUInt16LE(60) * SECTION_HEADER_BYTES));
	const table =
		sections.find(({ type }) => type === SHT_SYMTAB) ?? sections.find(({ type }) => type === SHT_DYNSYM);
	const names = table && sections[table.link];
	if (table === undefined || names === undefined) return NO_SYMBOLS;
	const symbols = readAt(fd, table.offset, table.size);
	return createElfSymbols(segmentsOf(programs), symbols, readAt(fd, names.offset, names.size));
}

/** Code as it is mapped: symbols have addresses, and mappings places in the file. */
interface Segment {
	readonly fileOffset: bigint;
	readonly bytes: bigint;
	readonly address: bigint;
}

function segmentsOf(programs: Buffer): Segment[] {
	const segments: Segment[] = [];
	for (let at = 0; at + PROGRAM_HEADER_BYTES <= programs.length; at += PROGRAM_HEADER_BYTES) {
		if (segments.length === MOST_SEGMENTS) break;
		if (programs.readUInt32LE(at) !== PT_LOAD || (programs.readUInt32LE(at + 4) & PF_X) === 0) continue;
		segments.push({
			fileOffset: programs.readBigUInt64LE(at + 8),
			address: programs.readBigUInt64LE(at + 16),
			bytes: programs.readBigUInt64LE(at + 32),
		});
	}
	return segments;
}

function sectionsOf(headers: Buffer): Section[] {
	const sections: Section[] = [];
	for (let at = 0; at + SECTION_HEADER_BYTES <= headers.length; at += SECTION_HEADER_BYTES) {
		sections.push({
			type: headers.readUInt32LE(at + 4),
			offset: bigAt(headers, at + 24),
			size: bigAt(headers, at + 32),
			link: headers.readUInt32LE(at + 40),
		});
	}
	return sections;
}

function createElfSymbols(segments: readonly Segment[], table: Buffer, names: Buffer): ElfSymbols {
	const places: number[] = [];
	for (let at = 0; at + SYMBOL_BYTES <= table.length; at += SYMBOL_BYTES) {
		if ((table.readUInt8(at + 4) & 0xf) === STT_FUNC && addressAt(table, at) !== 0n) places.push(at);
	}
	const found = BigUint64Array.from(places, (at) => addressAt(table, at));
	const order = Uint32Array.from(places.keys()).sort(
		(a, b) => compare(found[a] ?? 0n, found[b] ?? 0n) || a - b,
	);
	const inOrder = Array.from(order, (index) => places[index] ?? 0);
	// Numbers rather than objects: a large table would take ten times its size.
	const addresses = BigUint64Array.from(order, (index) => found[index] ?? 0n);
	const sizes = BigUint64Array.from(inOrder, (at) => table.readBigUInt64LE(at + 16));
	const nameOffsets = Uint32Array.from(inOrder, (at) => table.readUInt32LE(at));
	return {
		bytes: names.length + addresses.byteLength + sizes.byteLength + nameOffsets.byteLength,
		find(fileOffset) {
			const segment = segments.find(
				(each) => fileOffset >= each.fileOffset && fileOffset < each.fileOffset + each.bytes,
			);
			if (segment === undefined) return undefined;
			// What a file says need not make sense, and an address has 64 bits.
			const address = BigInt.asUintN(64, fileOffset - segment.fileOffset + segment.address);
			const index = lastAtMost(addresses, address);
			const [start, size, name] = [addresses[index], sizes[index], nameOffsets[index]];
			// Behind the last function of a part there may be others, without names.
			if (start === undefined || size === undefined || name === undefined) return undefined;
			if (size !== 0n && address > start + size) return undefined;
			return { name: nameAt(names, name), offset: address - start };
		},
	};
}

function addressAt(table: Buffer, at: number): bigint {
	return table.readBigUInt64LE(at + 8);
}

function compare(a: bigint, b: bigint): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

function nameAt(names: Buffer, offset: number): string {
	const longest = names.subarray(offset, offset + MOST_NAME_BYTES);
	const end = longest.indexOf(0);
	return longest.toString('utf8', 0, end < 0 ? longest.length : end);
}

function bigAt(bytes: Buffer, at: number): number {
	return Number(bytes.readBigUInt64LE(at));
}

/** @throws RangeError what the file says is nonsense, or too much. */
function readAt(fd: number, offset: number, length: number): Buffer {
	if (length > MOST_TABLE_BYTES) throw new RangeError('a table is too large');
	const bytes = Buffer.alloc(length);
	let got = 0;
	while (got < length) {
		const read = readSync(fd, bytes, got, length - got, offset + got);
		if (read === 0) throw new RangeError('a table ends before its time');
		got += read;
	}
	return bytes;
}
