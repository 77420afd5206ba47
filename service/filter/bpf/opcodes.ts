// The eBPF instruction set, as far as filters use it. Source: Documentation/bpf/standardization/instruction-set.rst.

/** r0 to r10; r10 is the frame pointer. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

export const LD = 0x00;
export const LDX = 0x01;
export const ST = 0x02;
export const STX = 0x03;
export const ALU = 0x04;
export const JMP = 0x05;
export const JMP32 = 0x06;
export const ALU64 = 0x07;
/** What an instruction works with beside its first register. */
export type Operand = { readonly register: Register } | { readonly immediate: number };

/** Of `code`: the class. */
export const CLASS_MASK = 0x07;

/** The operand is the immediate, or the source register. */
export const K = 0x00;
export const X = 0x08;

export const MEM = 0x60;
/** LD | DW | IMM: a 64-bit immediate, in two slots. */
export const LD_IMM64 = 0x18;
/** In the source register's place: the immediate is the descriptor of a map. */
export const PSEUDO_MAP_FD = 1;

/** Of a load or store, bytes to the bits of `code`. */
export const SIZE_BITS = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 } as const;
export type Size = keyof typeof SIZE_BITS;

export const ALU_BITS = {
	'+=': 0x00,
	'-=': 0x10,
	'*=': 0x20,
	'/=': 0x30,
	'|=': 0x40,
	'&=': 0x50,
	'<<=': 0x60,
	'>>=': 0x70,
	neg: 0x80,
	'%=': 0x90,
	'^=': 0xa0,
	'=': 0xb0,
	's>>=': 0xc0,
} as const;
/** What an instruction does with its first register. */
export type AluOperator = keyof typeof ALU_BITS;

export const JUMP_BITS = {
	'==': 0x10,
	'>': 0x20,
	'>=': 0x30,
	'!=': 0x50,
	's>': 0x60,
	's>=': 0x70,
	'<': 0xa0,
	'<=': 0xb0,
	's<': 0xc0,
	's<=': 0xd0,
} as const;
/** When a jump is taken. */
export type Condition = keyof typeof JUMP_BITS;

export const JUMP_ALWAYS = 0x00;
export const CALL = 0x80;
export const EXIT = 0x90;

/** Of include/uapi/linux/bpf.h. */
export const HELPERS = {
	map_lookup_elem: 1,
	probe_read_kernel: 113,
} as const;
export type Helper = keyof typeof HELPERS;

const INVERSE: Readonly<Record<Condition, Condition>> = {
	...{ '==': '!=', '!=': '==', '>': '<=', '<=': '>', '>=': '<', '<': '>=' },
	...{ 's>': 's<=', 's<=': 's>', 's>=': 's<', 's<': 's>=' },
};

/** The condition that holds when this one does not. */
export function inverse(condition: Condition): Condition {
	return INVERSE[condition];
}
