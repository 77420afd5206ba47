/** A field of an event as filters see it. Made when the package is built, from contract and BPF object. */
export interface FilterField {
	/**
	 * As callers write it, for example "ret" or "process.uid". A last part that begins with "_" is not theirs to write: what
	 * functions of filters read.
	 */
	readonly name: string;
	readonly type: FieldType;
	readonly at: FieldPlace;
	/** What must be filled for it before the rest of the event is; undefined: it is known only in the whole event. */
	readonly context: ContextGroup | undefined;
}

/** What the expression takes it for. A duration counts ns; an address is 16 bytes, those of IPv4 as ::ffff:a.b.c.d. */
export type FieldType = 'int' | 'bool' | 'string' | 'duration' | 'address';

/** Parts of the common context that programs can fill one by one; enum sonde_context in bpf/include/event.bpf.h. */
export const CONTEXT_GROUPS = ['cpu', 'ids', 'user', 'cgroup', 'task', 'namespaces'] as const;
export type ContextGroup = (typeof CONTEXT_GROUPS)[number];

/** Where it is, in bytes from the start of the event. */
export type FieldPlace = NumberPlace | CharsPlace | StringPlace | AddressPlace | NamePlace;

/** A u32 that stands for a text: a value of an enum of the kernel. 0 stands for an empty one. */
export interface NamePlace {
	readonly kind: 'name';
	readonly offset: number;
	readonly of: string;
	/** By value; empty where there is none. */
	readonly names: readonly string[];
}

/** A number. */
export interface NumberPlace {
	readonly kind: 'number';
	readonly offset: number;
	readonly size: 1 | 2 | 4 | 8;
	readonly signed: boolean;
}

/** A `char[size]`, whose text ends at the first NUL, or with it. */
export interface CharsPlace {
	readonly kind: 'chars';
	readonly offset: number;
	readonly size: number;
}

/** A text's array has so many bytes more than a text may have, so that programs may read eight at once. */
export const SPARE_BYTES = 8;

/** A struct sonde_string and the array that holds its bytes; the array has 8 bytes more than a text may have. */
export interface StringPlace {
	readonly kind: 'string';
	/** Of the u16 with the length. */
	readonly lengthOffset: number;
	readonly offset: number;
	/** Of a text, bytes. */
	readonly capacity: number;
}

/** 16 bytes in network order. */
export interface AddressPlace {
	readonly kind: 'address';
	readonly offset: number;
}

/** Where texts are. */
export type TextPlace = CharsPlace | StringPlace;

/** Names for values of a field's enum, all of one probe. */
export type EnumValues = Readonly<Record<string, number>>;

/** All that an expression may name. */
export interface FilterSchema {
	readonly fields: readonly FilterField[];
	readonly enumValues: EnumValues;
}
