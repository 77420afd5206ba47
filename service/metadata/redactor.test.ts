import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Record } from '../gen/sonde/v1/record.js';
import { createCgroupTable } from './cgroups.js';
import type { Mention } from './mention.js';
import { createProcessTable } from './processes.js';
import { createRedactor } from './redactor.js';

/** A nanosecond more than any. */
const FOREVER = 2n ** 64n;

/** This process, as the table of all traces has it. */
function thisProcess(): Mention {
	const stat = readFileSync('/proc/self/stat', 'latin1');
	const startTicks = BigInt(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0');
	const table = createProcessTable(() => FOREVER);
	return table.mention({ tgid: process.pid, startNs: startTicks * 10_000_000n }, true);
}

function processOf(record: Record | undefined) {
	assert.ok(record?.kind?.$case === 'metadata');
	return record.kind.value;
}

test('what is not withheld is told', () => {
	const mention = thisProcess();
	assert.equal(createRedactor({ arguments: false, paths: false })(mention), mention);
	const { executable, arguments: args, ancestors } = processOf(mention.record());
	assert.equal(executable, process.execPath);
	assert.ok(args.length > 0 && ancestors.some((ancestor) => ancestor.executable !== ''));
});

test('arguments are withheld, and nothing else', () => {
	const mention = thisProcess();
	const all = processOf(mention.record());
	const told = processOf(createRedactor({ arguments: true, paths: false })(mention).record());
	assert.deepEqual(told, { ...all, arguments: [], argumentsTruncated: false });
	// Other traces are told all the same.
	assert.deepEqual(processOf(mention.record()), all);
});

test('paths of a process and of those above it are withheld, and nothing else', () => {
	const mention = thisProcess();
	const all = processOf(mention.record());
	const told = processOf(createRedactor({ arguments: false, paths: true })(mention).record());
	const ancestors = all.ancestors.map((ancestor) => ({ ...ancestor, executable: '' }));
	assert.deepEqual(told, { ...all, executable: '', ancestors });
});

test('a mention stays the same one, so that readers are told of it once, and waits like that of all', () => {
	const redacted = createRedactor({ arguments: true, paths: true });
	const known: Mention = { record: () => undefined };
	assert.equal(redacted(known), redacted(known));
	assert.equal(redacted(known).record(), undefined);
	const mention = redacted(thisProcess());
	assert.equal(mention.record(), mention.record());
});

test('cgroups are told', () => {
	const mention = createCgroupTable(() => '/system.slice/a.service').mention(7n);
	const redacted = createRedactor({ arguments: true, paths: true })(mention);
	assert.equal(redacted.record(), mention.record());
});
