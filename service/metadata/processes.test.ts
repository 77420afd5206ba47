import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetadataRecord } from '../gen/sonde/v1/record.js';
import type { Mention } from './mention.js';
import type { ProcProcess } from './proc-process.js';
import { createProcessTable } from './processes.js';

const TICK = 10_000_000n;

/** A table over a /proc of these processes, which can be changed. */
function tableOf(processes: Map<number, ProcProcess>) {
	const reads: number[] = [];
	let complete = 0n;
	const table = createProcessTable(
		() => complete,
		(tgid) => {
			reads.push(tgid);
			return processes.get(tgid);
		},
	);
	/** All that happens has been told. */
	const settle = (untilUnixNano = 2n ** 63n) => {
		complete = untilUnixNano;
	};
	return { table, reads, settle };
}

function proc(startTicks: bigint, parentTgid: number, executable: string, ...args: string[]): ProcProcess {
	return { startTicks, parentTgid, executable, arguments: args, argumentsTruncated: false };
}

function said(mention: Mention): Omit<MetadataRecord, 'values'> | undefined {
	const record = mention.record();
	if (record === undefined) return undefined;
	assert.ok(record.kind?.$case === 'metadata');
	const { values: _, ...value } = record.kind.value;
	return value;
}

const SHELL = { tgid: 10, startNs: 7n * TICK + 123n };
const CHILD = { tgid: 11, startNs: 8n * TICK + 456n };

test('a process that /proc has is said at once, with those above it', () => {
	const { table } = tableOf(
		new Map([
			[10, proc(7n, 1, '/bin/sh', 'sh', '-x')],
			[1, proc(0n, 0, '/sbin/init', 'init')],
		]),
	);
	assert.deepEqual(said(table.mention(SHELL, true)), {
		tgid: 10,
		startBoottimeNs: SHELL.startNs,
		executable: '/bin/sh',
		arguments: ['sh', '-x'],
		argumentsTruncated: false,
		ancestors: [{ tgid: 1, startBoottimeNs: 0n, executable: '/sbin/init' }],
	});
});

test('an id that was used again is not taken for the process before', () => {
	const { table, settle } = tableOf(new Map([[10, proc(9n, 1, '/other')]]));
	const mention = table.mention(SHELL, true);
	assert.equal(said(mention), undefined, 'its fork and exec may be on their way');
	table.executed(SHELL, '/bin/sh', ['sh'], false);
	assert.equal(said(mention), undefined, 'its fork may be on its way');
	settle();
	assert.equal(said(mention)?.executable, '/bin/sh');
	const later = table.mention({ ...SHELL, startNs: 9n * TICK }, true);
	assert.notEqual(later, mention);
	assert.equal(said(later)?.executable, '/other');
});

test('a fork that has ended runs what its parent ran then, if nothing else comes', () => {
	const processes = new Map([[10, proc(7n, 1, '/bin/sh', 'sh')]]);
	const { table, settle } = tableOf(processes);
	table.forked(SHELL, CHILD);
	table.executed(SHELL, '/bin/other', ['other'], false);
	const mention = table.mention(CHILD, true);
	assert.equal(said(mention), undefined);
	settle();
	assert.equal(said(mention)?.executable, '/bin/sh');
	assert.deepEqual(said(mention)?.ancestors[0], {
		tgid: 10,
		startBoottimeNs: SHELL.startNs,
		executable: '/bin/sh',
	});
});

test('a fork is not taken for what it ran, as long as its exec may be on its way', () => {
	const { table, settle } = tableOf(new Map([[10, proc(7n, 1, '/bin/sh', 'sh')]]));
	table.forked(SHELL, CHILD);
	// All until now has been told; the exec comes between this and the mention.
	settle(BigInt(Date.now()) * 1_000_000n);
	const mention = table.mention(CHILD, true);
	assert.equal(said(mention), undefined);
	table.executed(CHILD, '/bin/a', ['a'], false);
	assert.equal(said(mention)?.executable, '/bin/a');
});

test('after a loss a fork that has ended is not taken for what it was forked with', () => {
	const { table, settle } = tableOf(new Map([[10, proc(7n, 1, '/bin/sh', 'sh')]]));
	table.forked(SHELL, CHILD);
	const mention = table.mention(CHILD, true);
	table.lost();
	settle();
	assert.equal(said(mention)?.executable, '');
	assert.deepEqual(said(mention)?.arguments, []);
});

test('an exec is said anew only after something else was said', () => {
	const { table, settle } = tableOf(new Map());
	const first = table.mention(CHILD, true);
	table.executed(CHILD, '/bin/a', ['a'], false);
	assert.equal(table.mention(CHILD, true), first);
	settle();
	assert.equal(said(first)?.executable, '/bin/a');
	table.executed(CHILD, '/bin/b', ['b'], false);
	const second = table.mention(CHILD, true);
	assert.notEqual(second, first);
	assert.equal(said(second)?.executable, '/bin/b');
	assert.equal(said(first)?.executable, '/bin/a');
});

test('an exec that /proc has told already changes nothing', () => {
	const { table } = tableOf(new Map([[10, proc(7n, 1, '/usr/bin/dash', 'sh')]]));
	const mention = table.mention(SHELL, true);
	assert.equal(said(mention)?.executable, '/usr/bin/dash');
	table.executed(SHELL, '/bin/sh', ['sh'], false);
	assert.equal(table.mention(SHELL, true), mention);
});

test('arguments are cut at 4,096 bytes, and that is said', () => {
	const { table, settle } = tableOf(new Map());
	settle();
	table.executed(CHILD, '/bin/a', ['x'.repeat(4_000), 'é'.repeat(100), 'lost'], false);
	const value = said(table.mention(CHILD, true));
	assert.deepEqual(value?.arguments, ['x'.repeat(4_000), 'é'.repeat(48)]);
	assert.equal(value?.argumentsTruncated, true);
	table.executed({ ...CHILD, tgid: 12 }, '/bin/b', ['b'], true);
	assert.equal(said(table.mention({ ...CHILD, tgid: 12 }, true))?.argumentsTruncated, true);
});

test('those above are followed for 16 steps, and not in circles', () => {
	const processes = new Map(
		Array.from({ length: 30 }, (_, i) => [i + 1, proc(0n, i, `/bin/${i + 1}`, 'x')] as const),
	);
	processes.set(2, proc(0n, 3, '/bin/2', 'x'));
	const { table } = tableOf(processes);
	const ancestors = said(table.mention({ tgid: 30, startNs: 1n }, true))?.ancestors ?? [];
	assert.deepEqual(
		ancestors.map(({ tgid }) => tgid),
		Array.from({ length: 16 }, (_, i) => 29 - i),
	);
	assert.equal(said(table.mention({ tgid: 2, startNs: 1n }, true))?.ancestors.length, 16);
});

test('what need not be looked at now is looked at when it is said', () => {
	const { table, reads } = tableOf(new Map([[10, proc(7n, 0, '/bin/sh', 'sh')]]));
	const mention = table.mention(SHELL, false);
	assert.deepEqual(reads, []);
	assert.equal(said(mention)?.executable, '/bin/sh');
	said(mention);
	assert.deepEqual(reads, [10]);
});
