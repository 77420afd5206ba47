import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadNative, type StructLayout } from '../../native.js';
import { PACKAGE_ROOT } from '../../paths.js';
import { readObject } from '../entry.js';
import { readContract } from './contract.js';
import { joinPlan } from './plan.js';

const buf = join(PACKAGE_ROOT, 'node_modules/.bin/buf');
const contract = readContract(execFileSync(buf, ['build', '-o', '-'], { cwd: PACKAGE_ROOT }));
const layout = loadNative().structLayout(readObject('file_open'), 'file_open_event');

/** The real layout with members changed. */
function changed(change: (members: StructLayout['members']) => StructLayout['members']): StructLayout {
	return { ...layout, members: change(layout.members) };
}

function joinFileOpen(struct: StructLayout) {
	const payload = contract.payloads.find(({ probe }) => probe.id === 'file.open');
	assert.ok(payload !== undefined);
	return joinPlan(contract, payload, struct);
}

test('a field without a member, and a member without a field, fail the build', () => {
	assert.throws(() => joinFileOpen(changed((members) => members.filter(({ name }) => name !== 'flags'))), {
		name: 'JoinError',
		message: 'struct file_open_event has no member for sonde.v1.FileOpen.flags',
	});
	const rename = changed((members) =>
		members.map((member) => (member.name === '_path' ? { ...member, name: 'extra' } : member)),
	);
	assert.throws(() => joinFileOpen(rename), {
		message: 'sonde.v1.FileOpen has no field for member extra of struct file_open_event',
	});
});

test('types that would lose something fail the build', () => {
	const retype = (name: string, type: string) =>
		changed((members) => {
			const other = members.find((member) => member.name === type)?.type;
			assert.ok(other !== undefined);
			return members.map((member) => (member.name === name ? { ...member, type: other } : member));
		});
	assert.throws(() => joinFileOpen(retype('flags', 'ret')), {
		message: 'file_open_event.flags is s32 (4 bytes), which does not fit sonde.v1.FileOpen.flags (uint32)',
	});
	assert.throws(() => joinFileOpen(retype('mode', 'path_truncated')), {
		message: 'file_open_event.mode is bool (1 bytes), which does not fit sonde.v1.FileOpen.mode (uint32)',
	});
});

test('an enum whose values differ fails the build', () => {
	const renumbered = changed((members) =>
		members.map((member) => {
			if (member.name !== 'syscall' || member.type.kind !== 'enum') return member;
			const values = member.type.values?.map(({ name, value }) => ({ name, value: value + 1 })) ?? [];
			return { ...member, type: { ...member.type, values } };
		}),
	);
	assert.throws(
		() => joinFileOpen(renumbered),
		/^JoinError: file_open_event\.syscall has the values SYSCALL_CREAT=5 /,
	);
});

test('the plan begins with the time and has the payload last', () => {
	const { steps } = joinFileOpen(layout);
	assert.equal(steps[0]?.op, 'ktime');
	const last = steps.at(-1);
	assert.ok(last?.op === 'message');
	assert.equal(last.tag >> 3, 100);
	const path = last.steps.find(({ op }) => op === 'string');
	assert.ok(path?.op === 'string');
	assert.equal(path.tag >> 3, 3);
	assert.equal(path.rawTag >> 3, 4);
});
