import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { opensOf, stopAndRead, violations } from './collect.js';
import { sharedNode, temporaryDirectory } from './node.js';
import { type OpenCall, openScript, openThreads, threadPaths } from './opens.js';
import { FILE_OPEN, NO_LIMITS } from './requests.js';

const { O_RDONLY, O_WRONLY, O_CREAT, O_TRUNC, O_EXCL, O_DIRECTORY } = constants;
// include/uapi/linux/fcntl.h; Node has no names for them.
const O_TMPFILE = 0o20000000 | O_DIRECTORY;
const RESOLVE_NO_SYMLINKS = 4;
const AT_FDCWD = -100;

const text = (path: string) => Buffer.from(path);

test('every open arrives as it was made: each call, failed or not, with the longest and strangest paths', async (t) => {
	const node = await sharedNode();
	const directory = temporaryDirectory(t);
	const longest = `${`${directory}/${'./'.repeat(2_100)}`.slice(0, 4_094)}x`;
	const calls: OpenCall[] = [
		{ call: 'openat', path: text('/etc/hostname'), flags: O_RDONLY },
		{ call: 'open', path: text('/sonde/missing'), flags: O_RDONLY },
		{ call: 'open', path: text(join(directory, 'made')), flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o640 },
		{ call: 'openat', path: text(join(directory, 'made')), flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600 },
		{ call: 'creat', path: text(join(directory, 'created')), mode: 0o604 },
		{ call: 'openat2', path: text('/etc/hostname'), flags: O_RDONLY, resolve: RESOLVE_NO_SYMLINKS },
		{ call: 'openat2', path: text('/sonde/missing'), flags: O_WRONLY | O_CREAT, mode: 0o611, resolve: 0 },
		{ call: 'openat2-badhow', path: text('/etc/hostname') },
		{ call: 'openat', path: text(longest) },
		{ call: 'openat', path: Buffer.from('/sonde/\xff\xfe-latin-\xe9', 'latin1') },
		{ call: 'openat', path: text('/sonde/ünïcode-✓-𝒳') },
		{ call: 'openat', path: text('/sonde/control\n\t\x1b[31m"\\') },
		{ call: 'openat', path: text('') },
		{ call: 'openat', path: undefined },
		{ call: 'openat', path: text('/etc'), flags: O_TMPFILE | O_RDONLY },
		{ call: 'openat', path: text(`/${'x'.repeat(255)}`) },
		{ call: 'openat', path: text(`/${'x'.repeat(256)}`) },
		{ call: 'openat', path: text(`/${'y'.repeat(4_095)}`) },
		{ call: 'openat', path: text(`/${'z'.repeat(5_000)}`) },
	];
	const opener = await openScript(t, calls);
	const { trace } = await node.client.startTrace(FILE_OPEN);
	const printed = await opener.run();
	const results = printed.trim().split('\n').map(Number);
	const messages = await stopAndRead(node.client, trace?.traceId ?? '');

	const captured = opensOf(messages, opener.pid);
	assert.deepEqual(
		captured.map(({ open, path }) => ({
			syscall: open.syscall,
			path: path.toString('latin1'),
			flags: open.flags,
			mode: open.mode,
			resolve: open.resolve,
			ret: open.ret,
			dirfd: open.dirfd,
			truncated: open.pathTruncated,
			unreadable: open.pathUnreadable,
			howUnreadable: open.howUnreadable,
		})),
		calls.map(({ call, path, flags = 0, mode = 0, resolve = 0 }, i) => {
			const bytes = path ?? Buffer.alloc(0);
			return {
				syscall: { open: 1, openat: 2, openat2: 3, 'openat2-badhow': 3, creat: 4 }[call],
				path: bytes.subarray(0, 4_096).toString('latin1'),
				flags: call === 'creat' ? O_CREAT | O_WRONLY | O_TRUNC : flags,
				mode,
				resolve,
				ret: results[i],
				dirfd: AT_FDCWD,
				truncated: bytes.length > 4_096,
				unreadable: path === undefined,
				howUnreadable: call === 'openat2-badhow',
			};
		}),
	);
	assert.ok(results.some((result) => result >= 0) && results.some((result) => result < 0));
	const raw = captured.filter(({ open }) => open.pathRaw !== undefined);
	assert.deepEqual(
		raw.map(({ open }) => open.path),
		['/sonde/\ufffd\ufffd-latin-\ufffd'],
		'only the name that is not UTF-8 has raw bytes',
	);
});

test('events carry who made them, when and where', async (t) => {
	const node = await sharedNode();
	const opener = await openScript(t, [{ call: 'openat', path: text('/sonde/context') }]);
	const before = BigInt(Date.now()) * 1_000_000n;
	const { trace } = await node.client.startTrace(FILE_OPEN);
	await opener.run();
	const messages = await stopAndRead(node.client, trace?.traceId ?? '');
	const after = BigInt(Date.now() + 1) * 1_000_000n;
	const [found] = opensOf(messages, opener.pid);
	assert.ok(found !== undefined);
	const { process: source, timeUnixNano, probeIndex } = found.event;
	assert.equal(source?.comm, 'opens');
	assert.equal(source?.tid, opener.pid);
	assert.equal(source?.ppid, process.pid);
	assert.equal(source?.uid, process.getuid?.());
	assert.equal(source?.gid, process.getgid?.());
	assert.equal(probeIndex, 0);
	// The clock offset is read some microseconds away from the event.
	const slack = 5_000_000n;
	assert.ok(
		timeUnixNano >= before - slack && timeUnixNano <= after + slack,
		`${before} ${timeUnixNano} ${after}`,
	);
});

for (const { name, cpu } of [
	{ name: '8 threads at once', cpu: -1 },
	{ name: '8 threads on one CPU', cpu: 0 },
]) {
	test(`${name}: what arrives is exactly what was opened`, async (t) => {
		const threads = 8;
		const count = 5_000;
		const node = await sharedNode();
		const opener = await openThreads(t, { threads, cpu, count });
		const limits = { ringBytes: 67_108_864 };
		const { trace } = await node.client.startTrace({ ...FILE_OPEN, limits: { ...NO_LIMITS, ...limits } });
		await opener.run();
		const messages = await stopAndRead(node.client, trace?.traceId ?? '');
		const paths = opensOf(messages, opener.pid)
			.map(({ open }) => open.path)
			.filter((path) => path.startsWith('/sonde/'));
		assert.deepEqual(paths.sort(), threadPaths(threads, count));

		const last = messages.at(-1)?.accounting;
		assert.ok(last !== undefined);
		assert.deepEqual(violations(last, true), []);
		// Others open files while the trace is being attached; that counts as paused.
		const { fired = 0n, paused = 0n, encoded } = last.total ?? {};
		assert.equal(fired - paused, encoded, 'nothing was lost on the way');
		assert.equal(last.total?.missed ?? 0n, 0n);
	});
}

test('events come in order of sequence, without a gap, and each message says where it stands', async (t) => {
	const node = await sharedNode();
	const opener = await openThreads(t, { threads: 2, count: 10_000 });
	const { trace } = await node.client.startTrace({
		...FILE_OPEN,
		batch: { maxEvents: 1_000 },
	});
	await opener.run();
	const messages = await stopAndRead(node.client, trace?.traceId ?? '');
	let next = 1n;
	for (const { firstSequence, eventCount, events, accounting, origin, cursor } of messages) {
		assert.equal(firstSequence, next);
		assert.equal(events.length, eventCount);
		assert.ok(eventCount <= 1_000);
		assert.equal(origin?.traceId, trace?.traceId);
		assert.ok(cursor.length > 0 && cursor.length <= 64);
		assert.ok(accounting !== undefined);
		assert.deepEqual(violations(accounting, false), []);
		const times = events.map(({ timeUnixNano }) => timeUnixNano);
		assert.ok(times.every((time, i) => i === 0 || time >= (times[i - 1] ?? 0n)));
		next += BigInt(eventCount);
	}
	const last = messages.at(-1);
	assert.equal(last?.accounting?.total?.encoded, next - 1n);
	assert.equal(last?.records.at(-1)?.kind.case, 'ended');
});

test('sampling keeps about one in n and counts the rest', async (t) => {
	const node = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 20_000 });
	const { trace } = await node.client.startTrace({
		...FILE_OPEN,
		probes: [{ probe: 'file.open', sampling: { sampleOneIn: 10 } }],
	});
	await opener.run();
	const messages = await stopAndRead(node.client, trace?.traceId ?? '');
	const last = messages.at(-1)?.accounting;
	assert.ok(last?.total !== undefined);
	assert.deepEqual(violations(last, true), []);
	const { fired, sampledOut, encoded } = last.total;
	assert.ok(fired >= 20_000n);
	assert.equal(sampledOut + encoded + last.total.paused, fired);
	// 20,000 draws of 1 in 10: 2,000 with a standard deviation of 42.
	const kept = opensOf(messages, opener.pid).length;
	assert.ok(kept > 1_700 && kept < 2_300, `${kept}`);
});

test('the rate limit lets through what it says and counts the rest', async (t) => {
	const node = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 100_000 });
	const limits = { eventsPerSecond: 1_000 };
	const started = process.hrtime.bigint();
	const { trace } = await node.client.startTrace({ ...FILE_OPEN, limits: { ...NO_LIMITS, ...limits } });
	await opener.run();
	const messages = await stopAndRead(node.client, trace?.traceId ?? '');
	const seconds = Number(process.hrtime.bigint() - started) / 1e9;
	const last = messages.at(-1)?.accounting;
	assert.ok(last?.total !== undefined);
	assert.deepEqual(violations(last, true), []);
	assert.ok(last.total.rateLimited > 0n);
	// A burst of a tenth of a second, and what each CPU may hold on top.
	const most = 1_000 * (seconds + 0.1) + 128 * cpus().length;
	assert.ok(Number(last.total.encoded) <= most, `${last.total.encoded} in ${seconds} s`);
});
