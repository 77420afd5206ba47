import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CatalogOption, OptionKind } from '../catalog/entry.js';
import { optionConstants } from './probe-options.js';

const PATH = 'probes[0].options';

function option(name: string, kind: OptionKind): CatalogOption {
	return {
		...{ name, localName: name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), kind },
		...{ constant: `option_${name}`, type: kind, unit: '', description: '' },
	};
}

const probe = {
	description: { id: 'a.probe' },
	options: {
		case: 'aProbe',
		fields: [
			option('full_path', 'bool'),
			option('depth', 'uint32'),
			option('limit', 'uint64'),
			option('calls', 'systemCalls'),
		],
	},
};

const bytesOf = (value: object) =>
	optionConstants(probe, { $case: 'aProbe', value }, PATH).map(({ bytes }) =>
		Buffer.from(bytes).toString('hex'),
	);

test('optionConstants gives all constants of the probe, also those of which nothing was said', () => {
	const all = 'ff'.repeat(64);
	const none = [
		{ name: 'option_full_path', bytes: '00' },
		{ name: 'option_depth', bytes: '00000000' },
		{ name: 'option_limit', bytes: '0000000000000000' },
		{ name: 'option_calls', bytes: all },
	];
	const constants = optionConstants(probe, undefined, PATH);
	assert.deepEqual(
		constants.map(({ name, bytes }) => ({ name, bytes: Buffer.from(bytes).toString('hex') })),
		none,
	);
	assert.deepEqual(bytesOf({ calls: [] }), ['00', '00000000', '0000000000000000', all]);
});

test('values become little-endian bytes, names of system calls bits', () => {
	const value = {
		fullPath: true,
		depth: 0x01020304,
		limit: 2n ** 64n - 2n,
		calls: ['read', 'open', 'openat', 'open'],
	};
	const bits = Buffer.alloc(64);
	bits.writeUInt8(0b101, 0); // 0 and 2
	bits.writeUInt8(0b10, 32); // 257
	assert.deepEqual(bytesOf(value), ['01', '04030201', 'feffffffffffffff', bits.toString('hex')]);
});

test('what a probe does not have, and a call that there is not, is refused', () => {
	const given = (value: { $case: string; value: object } | undefined) => () =>
		optionConstants(probe, value, PATH);
	assert.throws(given({ $case: 'other', value: {} }), {
		reason: 'INVALID_FIELD',
		message: 'probes[0].options is "other", must be aProbe, for a.probe',
	});
	const bare = { description: { id: 'bare.probe' }, options: undefined };
	assert.deepEqual(optionConstants(bare, undefined, PATH), []);
	assert.throws(() => optionConstants(bare, { $case: 'aProbe', value: {} }, PATH), {
		message: 'probes[0].options is "aProbe", must be absent: bare.probe has no options',
	});
	assert.throws(given({ $case: 'aProbe', value: { calls: ['read', 'opneat'] } }), {
		message:
			'probes[0].options.calls[1] is "opneat", must be the name of a system call of x86-64; did you mean "openat"?',
		violations: [
			{
				field: 'probes[0].options.calls[1]',
				description: 'is "opneat", must be the name of a system call of x86-64; did you mean "openat"?',
			},
		],
	});
	assert.throws(given({ $case: 'aProbe', value: { calls: ['x'.repeat(1_000_000)] } }), {
		message: `probes[0].options.calls[0] is "${'x'.repeat(128)}"…, must be the name of a system call of x86-64`,
	});
	assert.throws(given({ $case: 'aProbe', value: { calls: new Array(513).fill('read') } }), {
		message: 'probes[0].options.calls has 513 names, must have at most 512',
	});
});
