// block.io: a loop device of the test's own, where every request is known beforehand, and a disk that interrupts.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BlockIo_Operation } from '../../clients/typescript/index.js';
import { startChild } from './child.js';
import { type Captured, eventsOf } from './collect.js';
import { type LoopDevice, loopDevice } from './loop-device.js';
import { temporaryDirectory } from './node.js';
import { watch } from './watch.js';

const { READ, WRITE, FLUSH, DISCARD, OTHER } = BlockIo_Operation;
const SECTOR_BYTES = 512;
const LONGEST_NS = 60_000_000_000n;

type BlockEvent = Captured<'blockIo'>;

/** The file system that the device's file is in has no more room from now on. */
function fill({ directory }: LoopDevice): void {
	assert.throws(() => writeFileSync(join(directory, 'rest'), Buffer.alloc(2 << 20)), { code: 'ENOSPC' });
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
		.map(({ payload: { operation, sector, sizeBytes, error, sync } }) => ({
			operation,
			sector,
			sizeBytes,
			error,
			sync,
		}))
		.sort((a, b) => Number(a.sector - b.sector));
}

function expected(operation: BlockIo_Operation, sector: number, bytes: number, error = 0, sync = true) {
	return { operation, sector: BigInt(sector), sizeBytes: BigInt(bytes), error, sync };
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
	const loop = loopDevice(t);
	if (loop instanceof Error) return t.skip(`no loop device can be made: ${loop.message}`);
	const { device } = loop;
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
		fill(loop);
		pids.full = await run(t, 1, 'dd', 'if=/dev/zero', of, 'bs=4096', 'seek=800', 'count=1', 'oflag=direct');
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
	// blkdiscard looks for file systems first.
	const changes = (name: string) => seen(name).filter(({ operation }) => operation !== READ);
	assert.deepEqual(changes('discard'), [expected(DISCARD, 256, 65536)]);
	// What the file system below does not know: the kernel writes zeroes instead.
	assert.deepEqual(changes('zeroes'), [
		expected(OTHER, 32, 8192, -constants.errno.EOPNOTSUPP),
		expected(WRITE, 32, 8192),
	]);
	const [full, ...others] = seen('full');
	// Loop devices used to call every error EIO.
	const { EIO, ENOSPC } = constants.errno;
	assert.ok(full?.error === -EIO || full?.error === -ENOSPC, `${full?.error}`);
	assert.deepEqual([full, ...others], [expected(WRITE, 6400, 4096, full.error)]);
	const flushes = events.filter(({ payload }) => payload.operation === FLUSH);
	assert.equal(flushes.length, 1);
	assert.deepEqual([flushes[0]?.payload.sector, flushes[0]?.payload.sizeBytes], [0n, 0n]);
});

test('requests that are read in advance say so, and wait in the queue of a scheduler', async (t) => {
	const loop = loopDevice(t);
	if (loop instanceof Error) return t.skip(`no loop device can be made: ${loop.message}`);
	const { device } = loop;
	const hasQueue = schedule(device, 'mq-deadline');
	let reader = 0;
	const filter = 'process.comm == "dd" && operation == OPERATION_READ';
	const messages = await watch([{ probe: 'block.io', filter }], async () => {
		reader = await run(t, 0, 'dd', `if=${device}`, 'of=/dev/null', 'bs=4096', 'count=64');
		await run(t, 0, 'dd', 'if=/dev/zero', `of=${device}`, 'bs=4096', 'count=1', 'oflag=direct');
	});
	const events = ofDevice(messages, device);
	checkCommon(events, device);
	assert.ok(events.every(({ event }) => event.process?.tgid === reader));
	assert.ok(events.some(({ payload }) => payload.readahead));
	const bytes = events.reduce((sum, { payload }) => sum + payload.sizeBytes, 0n);
	assert.ok(bytes >= 262_144n && bytes <= 4_194_304n, `${bytes}`);
	if (hasQueue) assert.ok(events.every(({ payload }) => payload.queueLatencyNs > 0n));
});

/** The disk that this file is on, if it has a driver of its own, whose completions interrupt whoever runs. */
function diskOf(file: string): string | undefined {
	const { dev } = statSync(file);
	const [major, minor] = [dev >> 8, dev & 0xff];
	const uevent = `/sys/dev/block/${major}:${minor}/uevent`;
	const name = existsSync(uevent)
		? /DEVNAME=((vd|sd|xvd)[a-z]+|nvme\d+n\d+)$/m.exec(readFileSync(uevent, 'utf8'))
		: null;
	return name === null ? undefined : `/dev/${name[1]}`;
}

test('requests of a disk belong to who made them, not to who was interrupted', async (t) => {
	const file = join(temporaryDirectory(t), 'file');
	const bytes = 1 << 20;
	execFileSync('dd', ['if=/dev/urandom', `of=${file}`, 'bs=4096', `count=${bytes / 4096}`, 'conv=fsync'], {
		stdio: 'pipe',
	});
	const device = diskOf(file);
	if (device === undefined) return t.skip('temporary files are not on a whole disk with a driver of its own');
	let reader = 0;
	const messages = await watch([{ probe: 'block.io' }], async () => {
		reader = await run(t, 0, 'dd', `if=${file}`, 'of=/dev/null', 'bs=4096', 'iflag=direct');
	});
	const events = ofDevice(messages, device);
	checkCommon(events, device);
	const own = events.filter(
		({ event, payload }) =>
			event.process?.tgid === reader && payload.sizeBytes === 4096n && !payload.metadata,
	);
	assert.equal(own.length, bytes / 4096);
	assert.equal(new Set(own.map(({ payload }) => payload.sector)).size, own.length);
	for (const { event, payload } of own) {
		assert.equal(event.process?.ppid, process.pid);
		assert.equal(event.process?.comm, 'dd');
		assert.equal(payload.operation, READ);
	}
});
