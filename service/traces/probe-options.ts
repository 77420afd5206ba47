import type { CatalogOption, CatalogOptions } from '../catalog/entry.js';
import { SYSTEM_CALL_NUMBERS, systemCallNames, systemCallNumber } from '../catalog/system-calls.js';
import { invalidField, type ServiceError } from '../error.js';
import type { NativeConstant } from '../native.js';
import { suggest } from '../suggest.js';
import { violation } from './fields.js';

/** Options as generated code has them; undefined: none were given. */
export type GivenOptions = { readonly $case: string; readonly value: object } | undefined;

interface ProbeWithOptions {
	readonly description: { readonly id: string };
	readonly options: CatalogOptions | undefined;
}

/** No name is longer, with room for a mistake. */
const MOST_OF_NAME = 64;

/**
 * The constants that the options of a probe become: all that it has.
 *
 * @param path of the options in the request, for the error.
 * @throws ServiceError INVALID_FIELD.
 */
export function optionConstants(
	{ description: { id }, options }: ProbeWithOptions,
	given: GivenOptions,
	path: string,
): NativeConstant[] {
	if (given !== undefined && given.$case !== options?.case) {
		const allowed = options === undefined ? `absent: ${id} has no options` : `${options.case}, for ${id}`;
		throw invalidField(path, given.$case, allowed);
	}
	const values = new Map<string, unknown>(Object.entries(given?.value ?? {}));
	return (options?.fields ?? []).map((option) => ({
		name: option.constant,
		bytes: bytesOf(option, values.get(option.localName), `${path}.${option.name}`),
	}));
}

function bytesOf({ kind }: CatalogOption, value: unknown, path: string): Uint8Array {
	switch (kind) {
		case 'bool':
			return Buffer.of(value === true ? 1 : 0);
		case 'uint32': {
			const bytes = Buffer.alloc(4);
			if (typeof value === 'number') bytes.writeUInt32LE(value);
			return bytes;
		}
		case 'uint64': {
			const bytes = Buffer.alloc(8);
			if (typeof value === 'bigint') bytes.writeBigUInt64LE(value);
			return bytes;
		}
		case 'systemCalls':
			return callBits(Array.isArray(value) ? value.map(String) : [], path);
	}
}

/** A bit for each number; nothing named: all. */
function callBits(names: readonly string[], path: string): Uint8Array {
	if (names.length > SYSTEM_CALL_NUMBERS)
		throw violation(
			path,
			`has ${names.length.toLocaleString('en-US')} names, must have at most ${SYSTEM_CALL_NUMBERS}`,
		);
	const bytes = Buffer.alloc(SYSTEM_CALL_NUMBERS / 8, names.length === 0 ? 0xff : 0);
	for (const [i, name] of names.entries()) {
		const number = systemCallNumber(name);
		if (number === undefined) throw unknownCall(name, `${path}[${i}]`);
		const byte = number >> 3;
		bytes.writeUInt8(bytes.readUInt8(byte) | (1 << (number & 7)), byte);
	}
	return bytes;
}

function unknownCall(name: string, path: string): ServiceError {
	const meant = name.length > MOST_OF_NAME ? undefined : suggest(name, systemCallNames());
	const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
	return invalidField(path, name, `the name of a system call of x86-64${hint}`);
}
