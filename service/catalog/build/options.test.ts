import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadNative, type NumberLayout, type ObjectConstant, type TypeLayout } from '../../native.js';
import { PACKAGE_ROOT } from '../../paths.js';
import { readObject } from '../entry.js';
import { readContract } from './contract.js';
import { checkOptionLines, joinOptions, OPTION_PREFIX } from './options.js';

const directory = mkdtempSync(join(tmpdir(), 'sonde-options-'));
after(() => rmSync(directory, { recursive: true }));

/** The contract with the options of syscall replaced by these lines, and its line in ProbeSpec.options by another. */
function contractWith(lines: string, line = 'SyscallOptions syscall = 180;') {
	const protos = mkdtempSync(join(directory, 'proto-'));
	cpSync(join(PACKAGE_ROOT, 'proto'), protos, { recursive: true });
	const change = (file: string, pattern: RegExp, text: string) => {
		const path = join(protos, 'sonde/v1', file);
		const before = readFileSync(path, 'utf8');
		assert.match(before, pattern);
		writeFileSync(path, before.replace(pattern, text));
	};
	change('probe_syscall.proto', /(message SyscallOptions \{)[^}]*\}/, `$1\n${lines}\n}`);
	change('trace.proto', /SyscallOptions syscall = 180;/, line);
	const buf = join(PACKAGE_ROOT, 'node_modules/.bin/buf');
	return readContract(execFileSync(buf, ['build', protos, '-o', '-']));
}

function joinSyscall(contract: ReturnType<typeof contractWith>, constants: readonly ObjectConstant[]) {
	const payload = contract.payloads.find(({ probe }) => probe.id === 'syscall');
	assert.ok(payload !== undefined);
	return joinOptions(contract, payload, constants);
}

function int(name: string, size: number, { signed = false, bool = false } = {}): NumberLayout {
	return { kind: 'int', name, size, signed, bool };
}
const BOOL = int('bool', 1, { bool: true });
const CALLS: TypeLayout = { kind: 'array', size: 64, element: int('u64', 8) };
const CALLS_FIELD = 'repeated string calls = 1 [(sonde.v1.event_field).unit = "system call"];';

test('options are joined with constants by name', () => {
	const contract = contractWith(`
		bool full_path = 2;
		// How deep.
		uint32 depth = 3;
		uint64 least_ns = 4 [(sonde.v1.event_field).unit = "ns"];
		${CALLS_FIELD}`);
	const options = joinSyscall(contract, [
		{ name: 'option_calls', type: CALLS },
		{ name: 'option_full_path', type: BOOL },
		{ name: 'option_depth', type: int('u32', 4) },
		{ name: 'option_least_ns', type: int('u64', 8) },
	]);
	assert.equal(options?.case, 'syscall');
	assert.deepEqual(
		options?.fields.map(({ name, localName, constant, kind, type, unit }) => [
			...[name, localName, constant, kind, type, unit],
		]),
		[
			['full_path', 'fullPath', 'option_full_path', 'bool', 'bool', ''],
			['depth', 'depth', 'option_depth', 'uint32', 'uint32', ''],
			['least_ns', 'leastNs', 'option_least_ns', 'uint64', 'uint64', 'ns'],
			['calls', 'calls', 'option_calls', 'systemCalls', 'repeated string', 'system call'],
		],
	);
	assert.equal(options?.fields[1]?.description, 'How deep.');
});

test('the constants of an object are those that its source says', () => {
	const constants = loadNative().objectConstants(readObject('syscall'), OPTION_PREFIX);
	assert.deepEqual(
		constants.map(({ name, type }) => [name, type.kind, type.size]),
		[['option_calls', 'array', 64]],
	);
	assert.deepEqual(loadNative().objectConstants(readObject('file_delete'), OPTION_PREFIX), []);
	assert.throws(() => loadNative().objectConstants(Buffer.from('nonsense'), OPTION_PREFIX), {
		code: 'INVALID_OBJECT',
	});
});

test('an option without a constant, and a constant without an option, fail the build', () => {
	const contract = contractWith('bool full_path = 2;');
	assert.throws(() => joinSyscall(contract, []), {
		name: 'JoinError',
		message: 'no constant option_full_path for sonde.v1.SyscallOptions.full_path',
	});
	const constants = [
		{ name: 'option_full_path', type: BOOL },
		{ name: 'option_depth', type: int('u32', 4) },
	];
	assert.throws(() => joinSyscall(contract, constants), {
		message: 'syscall has a constant option_depth, but no option depth',
	});
	const without = contract.payloads.find(({ probe }) => probe.id === 'file.delete');
	assert.ok(without !== undefined);
	assert.equal(joinOptions(contract, without, []), undefined);
	assert.throws(() => joinOptions(contract, without, constants), {
		message: 'file_delete has a constant option_full_path, but no option full_path',
	});
});

test('types that do not fit, and options of other types, fail the build', () => {
	const wrong: readonly (readonly [field: string, type: TypeLayout])[] = [
		['bool x = 1;', int('u8', 1)],
		['bool x = 1;', int('u32', 4)],
		['uint32 x = 1;', int('s32', 4, { signed: true })],
		['uint32 x = 1;', int('u64', 8)],
		['uint64 x = 1;', int('u32', 4)],
		['uint64 x = 1;', CALLS],
		[CALLS_FIELD.replace('calls', 'x'), { kind: 'array', size: 32, element: int('u64', 8) }],
		[CALLS_FIELD.replace('calls', 'x'), { kind: 'array', size: 64, element: int('u32', 4) }],
	];
	for (const [field, type] of wrong) {
		assert.throws(() => joinSyscall(contractWith(field), [{ name: 'option_x', type }]), {
			name: 'JoinError',
			message: /^the constant option_x does not fit sonde\.v1\.SyscallOptions\.x \(/,
		});
	}
	for (const [field, type] of [
		['string x = 1;', 'string'],
		['repeated string x = 1;', 'repeated string'],
		['int32 x = 1;', 'int32'],
		['optional bool x = 1;', 'bool'],
	] as const) {
		assert.throws(() => joinSyscall(contractWith(field), [{ name: 'option_x', type: BOOL }]), {
			message: `sonde.v1.SyscallOptions.x is ${type}, which no option can be`,
		});
	}
});

test('a line of ProbeSpec.options that is not like one of Event.payload fails the build', () => {
	const renamed = contractWith(CALLS_FIELD, 'SyscallOptions system_call = 180;');
	assert.throws(() => joinSyscall(renamed, [{ name: 'option_calls', type: CALLS }]), {
		message: 'number 180 is system_call in ProbeSpec.options, syscall in Event',
	});
	const renumbered = contractWith(CALLS_FIELD, 'SyscallOptions syscall = 5000;');
	assert.throws(() => checkOptionLines(renumbered), {
		message: 'ProbeSpec.options has syscall = 5000, which is no payload of Event',
	});
});
