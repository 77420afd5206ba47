import {
	ALU,
	ALU_BITS,
	ALU64,
	CALL,
	CLASS_MASK,
	EXIT,
	HELPERS,
	JMP,
	JMP32,
	JUMP_ALWAYS,
	JUMP_BITS,
	LD_IMM64,
	LDX,
	PSEUDO_MAP_FD,
	SIZE_BITS,
	ST,
	STX,
	X,
} from './opcodes.js';

const SLOT_BYTES = 8;
const OPERATION_MASK = 0xf0;
const SIZE_MASK = 0x18;

/** What one instruction says, and the slot that it begins at. */
export interface Line {
	readonly slot: number;
	readonly text: string;
}

/** Writes instructions as the kernel's own tools do. Those that filters do not have are shown as numbers. */
export function disassemble(code: Buffer): Line[] {
	const lines: Line[] = [];
	for (let slot = 0; slot * SLOT_BYTES < code.length; slot++) {
		const at = slot * SLOT_BYTES;
		lines.push({ slot, text: describe(code, at, slot) });
		if (code.readUInt8(at) === LD_IMM64) slot++;
	}
	return lines;
}

function describe(bytes: Buffer, at: number, slot: number): string {
	const code = bytes.readUInt8(at);
	const registers = bytes.readUInt8(at + 1);
	const to = `r${registers & 15}`;
	const from = `r${registers >> 4}`;
	const offset = bytes.readInt16LE(at + 2);
	const immediate = bytes.readInt32LE(at + 4);
	const operand = code & X ? from : String(immediate);
	const place = (base: string) => `(${base} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)})`;
	const size = `u${(sizeOf(code) ?? 0) * 8}`;
	const target = `goto ${slot + 1 + offset}`;
	switch (code & CLASS_MASK) {
		case LDX:
			return `${to} = *(${size} *)${place(from)}`;
		case ST:
			return `*(${size} *)${place(to)} = ${immediate}`;
		case STX:
			return `*(${size} *)${place(to)} = ${from}`;
		case ALU64:
		case ALU: {
			const operator = nameOf(ALU_BITS, code & OPERATION_MASK);
			if (operator === undefined) break;
			const [a, b] = (code & CLASS_MASK) === ALU64 ? [to, operand] : [w(to), w(operand)];
			return operator === 'neg' ? `${a} = -${a}` : `${a} ${operator} ${b}`;
		}
		case JMP:
		case JMP32: {
			const operation = code & OPERATION_MASK;
			if (operation === JUMP_ALWAYS) return target;
			if (operation === EXIT) return 'exit';
			if (operation === CALL) return `call ${nameOf(HELPERS, immediate) ?? `#${immediate}`}`;
			const condition = nameOf(JUMP_BITS, operation);
			if (condition === undefined) break;
			const [a, b] = (code & CLASS_MASK) === JMP ? [to, operand] : [w(to), w(operand)];
			return `if ${a} ${condition} ${b} ${target}`;
		}
		default:
			if (code !== LD_IMM64) break;
			if (registers >> 4 === PSEUDO_MAP_FD) return `${to} = map ${immediate}`;
			return `${to} = ${wide(bytes, at)} ll`;
	}
	return bytes.subarray(at, at + SLOT_BYTES).toString('hex');
}

function wide(bytes: Buffer, at: number): string {
	const lower = BigInt(bytes.readUInt32LE(at + 4));
	const upper = BigInt(bytes.readUInt32LE(at + SLOT_BYTES + 4));
	return `0x${((upper << 32n) | lower).toString(16)}`;
}

/** The lower half of a register. */
function w(operand: string): string {
	return operand.replace(/^r/, 'w');
}

function sizeOf(code: number): number | undefined {
	const name = nameOf(SIZE_BITS, code & SIZE_MASK);
	return name === undefined ? undefined : Number(name);
}

function nameOf(names: Readonly<Record<string, number>>, bits: number): string | undefined {
	return Object.entries(names).find(([, value]) => value === bits)?.[0];
}
