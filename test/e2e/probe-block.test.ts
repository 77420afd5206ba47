// block.io: a loop device of the test's own, where every request is known beforehand, and a disk that interrupts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BlockIo_Operation } from '../../clients/typescript/index.js';
import { startChild } from './child.js';
import { type Captured, eventsOf } from './collect.js';
import { temporaryDirectory } from './node.js';
import { watch } from './watch.js';

const { READ, WRITE, FLUSH, DISCARD, OTHER } = BlockIo_Operation;
const SECTOR_BYTES = 512;
const LONGEST_NS = 60_000_000_000n;

type BlockEvent = Captured<'blockIo'>;

/** A loop device over a sparse file of 4 MiB, on a file system that has room for 256 KiB; or why there is none. */
function loopDevice(t: TestContext): string | Error {
	const directory = temporaryDirectory(t);
	execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'sonde-test', directory]);
	t.after(() => execFileSync('umount', [directory]));
	const file = join(directory, 'disk');
	writeFileSync(file, '');
	truncateSync(file, 4 << 20);
	try {
		const device = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8', stdio: 'pipe' });
		t.after(() => execFileSync('losetup', ['--detach', device.trim()]));
		return device.trim();
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
}

/** Whether the device now has this scheduler. */
function schedule(device: string, scheduler: string): boolean {
	const file = device.replace('/dev/', '/sys/block/').concat('/queue/scheduler');
	if (!readFileSync(file, 'utf8').includes(scheduler)) return false;
	writeFileSync(file, scheduler);
	return true;
}

/** Runs a program; gives its process id. It must end with this code. */
async function run(t: TestContext, code: number, command: string, ...args: string[]): Promise<number> {
	const child = startChild(t, command, args);
	const ended = await child.ended;
	assert.equal(ended.code, code, ended.stderr);
	return child.pid;
}

/** What is known beforehand of the requests of one process, in the order of their sectors. */
function essence(events: readonly BlockEvent[], pid: number) {
	return events
		.filter(({ event }) => event.process?.tgid === pid)
		.map(({ payload: { operation, sector, bytes, error, sync } }) => ({
			operation,
			sector,
			bytes,
			error,
			sync,
		}))
		.sort((a, b) => Number(a.sector - b.sector));
}

function expected(operation: BlockIo_Operation, sector: number, bytes: number, error = 0, sync = true) {
	return { operation, sector: BigInt(sector), bytes: BigInt(bytes), error, sync };
}

/** Requests one behind the other. */
function inARow(operation: BlockIo_Operation, sector: number, bytes: number, count: number) {
	return Array.from({ length: count }, (_, i) =>
		expected(operation, sector + (i * bytes) / SECTOR_BYTES, bytes),
	);
}

function checkCommon(events: readonly BlockEvent[], device: string): void {
	const { rdev } = statSync(device);
	for (const { event, payload } of events) {
		assert.equal(payload.device, rdev);
		assert.ok(payload.deviceLatencyNs > 0n && payload.deviceLatencyNs < LONGEST_NS);
		assert.ok(payload.queueLatencyNs < LONGEST_NS);
		assert.ok((event.process?.tgid ?? 0) > 0);
		assert.notEqual(event.process?.comm, '');
	}
}

function ofDevice(messages: Parameters<typeof eventsOf>[0], device: string): BlockEvent[] {
	const { rdev } = statSync(device);
	return eventsOf(messages, 'blockIo').filter(({ payload }) => payload.device === rdev);
}

test('requests of a loop device: what, where, how much, whose, and how they ended', async (t) => {
	const device = loopDevice(t);
	if (device instanceof Error) return t.skip(`no loop device can be made: ${device.message}`);
	const of = `of=${device}`;
	const pids: Record<string, number> = {};
	const messages = await watch([{ probe: 'block.io' }], async () => {
		pids.write = await run(t, 0, 'dd', 'if=/dev/zero', of, 'bs=4096', 'seek=3', 'count=2', 'oflag=direct');
		pids.read = await run(
			t,
			0,
			'dd',
			`if=${device}`,
			'of=/dev/null',
			'bs=1536',
			'skip=5',
			'count=300',
			'iflag=direct',
		);
		pids.sync = await run(t, 0, 'dd', 'if=/dev/zero', of, 'bs=4096', 'seek=9', 'count=1', 'conv=fsync');
		pids.discard = await run(t, 0, 'blkdiscard', '--offset', '131072', '--length', '65536', device);
		pids.zeroes = await run(t, 0, 'blkdiscard', '--zeroout', '--offset', '16384', '--length', '8192', device);
		// More than its file system has room for.
		pids.full = await run(t, 1, 'dd', 'if=/dev/zero', of, 'bs=384K', 'seek=4', 'count=1', 'oflag=direct');
	});
	const events = ofDevice(messages, device);
	checkCommon(events, device);
	const seen = (name: string) => essence(events, pids[name] ?? 0);
	assert.deepEqual(seen('write'), inARow(WRITE, 24, 4096, 2));
	assert.deepEqual(seen('read'), inARow(READ, 15, 1536, 300));
	assert.deepEqual(
		seen('sync').filter(({ operation }) => operation === WRITE),
		[expected(WRITE, 72, 4096)],
	);
	assert.deepEqual(seen('discard'), [expected(DISCARD, 256, 65536, 0, false)]);
	assert.deepEqual(seen('zeroes'), [expected(OTHER, 32, 8192, 0, false)]);
	assert.deepEqual(seen('full'), [expected(WRITE, 3072, 384 << 10, -5)]);
	const flushes = events.filter(({ payload }) => payload.operation === FLUSH);
	assert.equal(flushes.length, 1);
	assert.deepEqual([flushes[0]?.payload.sector, flushes[0]?.payload.bytes], [0n, 0n]);
});

test('requests that are read in advance say so, and wait in the queue of a scheduler', async (t) => {
	const device = loopDevice(t);
	if (device instanceof Error) return t.skip(`no loop device can be made: ${device.message}`);
	const hasQueue = schedule(device, 'mq-deadline');
	let reader = 0;
	const filter = 'process.comm == "dd" && operation == READ';
	const messages = await watch([{ probe: 'block.io', filter }], async () => {
		reader = await run(t, 0, 'dd', `if=${device}`, 'of=/dev/null', 'bs=4096', 'count=64');
		await run(t, 0, 'dd', 'if=/dev/zero', `of=${device}`, 'bs=4096', 'count=1', 'oflag=direct');
	});
	const events = ofDevice(messages, device);
	checkCommon(events, device);
	assert.ok(events.every(({ event }) => event.process?.tgid === reader));
	assert.ok(events.some(({ payload }) => payload.readahead));
	const bytes = events.reduce((sum, { payload }) => sum + payload.bytes, 0n);
	assert.ok(bytes >= 262_144n && bytes <= 4_194_304n, `${bytes}`);
	if (hasQueue) assert.ok(events.every(({ payload }) => payload.queueLatencyNs > 0n));
});

/** A disk behind a driver, whose completions interrupt whoever runs. */
function disk(): string | undefined {
	return readdirSync('/sys/block')
		.filter((name) => /^(vd|sd|xvd|nvme)/.test(name) && existsSync(`/dev/${name}`))
		.filter((name) => Number(readFileSync(`/sys/block/${name}/size`, 'utf8')) > 8192)
		.map((name) => `/dev/${name}`)[0];
}

test('requests of a disk belong to who made them, not to who was interrupted', async (t) => {
	const device = disk();
	if (device === undefined) return t.skip('this machine has no disk with a driver');
	let reader = 0;
	const messages = await watch([{ probe: 'block.io' }], async () => {
		reader = await run(
			t,
			0,
			'dd',
			`if=${device}`,
			'of=/dev/null',
			'bs=8192',
			'skip=3',
			'count=200',
			'iflag=direct',
		);
	});
	const events = ofDevice(messages, device);
	checkCommon(events, device);
	assert.deepEqual(essence(events, reader), inARow(READ, 48, 8192, 200));
	for (const { event } of events.filter(({ event }) => event.process?.tgid === reader)) {
		assert.equal(event.process?.ppid, process.pid);
		assert.equal(event.process?.comm, 'dd');
	}
});
