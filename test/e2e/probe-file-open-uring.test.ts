// file.open of what passes no system call: opens that a program asks for through io_uring.
import assert from 'node:assert/strict';
import { realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { FileOpen_Syscall } from '../../clients/typescript/index.js';
import { localFeatures } from '../../service/catalog/features.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { startChild } from './child.js';
import { endedOf, opensOf } from './collect.js';
import { sharedNode, temporaryDirectory } from './node.js';
import { threadPaths } from './opens.js';
import { watch } from './watch.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/uring-opens');
const AT_FDCWD = -100;
const O_WRONLY = 1;
const O_RDWR = 2;
const O_CREAT = 0o100;
const O_CLOEXEC = 0o2000000;
/** The kernel adds it. */
const O_LARGEFILE = 0o100000;
const RESOLVE_NO_SYMLINKS = 4;

/** Why opens through io_uring are not seen here; false if they are. */
async function limitation(): Promise<string | false> {
	const { client } = await sharedNode();
	for await (const { id, limitations, attachPoints } of client.listProbes()) {
		if (id !== 'file.open') continue;
		const isAttached = attachPoints.includes('tp_btf/io_uring_complete');
		assert.equal(limitations.length, isAttached ? 0 : 1);
		if (!isAttached) assert.match(limitations[0] ?? '', /^opens made through io_uring are not seen: ./);
		return limitations[0] ?? false;
	}
	throw new Error('the catalogue has no probe file.open');
}

/** The program, waiting; undefined where nobody may use io_uring. */
async function program(t: TestContext, ...args: string[]) {
	const child = startChild(t, PROGRAM, args);
	const [text] = await child.untilStdout(/^.*\n/);
	return text.startsWith('none') ? undefined : child;
}

test('an open through io_uring: every way to ask, and every field', async (t) => {
	const why = await limitation();
	if (why !== false) return t.skip(why);
	const file = join(temporaryDirectory(t), 'a-file');
	writeFileSync(file, '');
	const child = await program(t, 'each', file);
	if (child === undefined) return t.skip('this machine allows no io_uring');
	let results: number[] = [];
	let directory = 0;
	const options = { case: 'fileOpen', value: { fullPath: true } } as const;
	const messages = await watch([{ probe: 'file.open', options }], async () => {
		child.process.stdin?.end('\n');
		const { code, stdout } = await child.ended;
		assert.equal(code, 0);
		[, directory = 0, ...results] = stdout.trim().split('\n').map(Number);
	});
	const { OPENAT, OPENAT2 } = FileOpen_Syscall;
	const usual = {
		syscall: OPENAT,
		dirfd: AT_FDCWD,
		path: file,
		flags: O_LARGEFILE,
		mode: 0,
		resolve: 0,
		pathUnreadable: false,
		pathTruncated: false,
		howUnreadable: false,
		ioUring: true,
		fixedFile: false,
		fullPath: '',
		fullPathTruncated: false,
		fullPathDeleted: false,
	};
	const opened = { ...usual, fullPath: realpathSync(file) };
	const longer = `/${'z'.repeat(4_095)}`;
	const expected = [
		opened,
		{ ...usual, path: '/sonde/missing', flags: O_RDWR | O_CREAT | O_LARGEFILE, mode: 0o640 },
		{ ...opened, path: basename(file), dirfd: directory, flags: O_CLOEXEC | O_LARGEFILE },
		opened,
		{ ...opened, syscall: OPENAT2, flags: O_CLOEXEC | O_LARGEFILE, resolve: RESOLVE_NO_SYMLINKS },
		// Refused before the kernel has made its copy.
		{ ...usual, path: '', flags: O_WRONLY, pathUnreadable: true },
		{ ...usual, path: longer, flags: 0, pathTruncated: true },
		{ ...usual, path: '/sonde/\ufffd', pathRaw: Buffer.from('/sonde/\xff', 'latin1') },
		{ ...usual, fixedFile: true },
	];
	const seen = opensOf(messages, child.pid).filter(({ open }) => open.ioUring);
	assert.deepEqual(
		seen.map(({ open }) => ({ ...open, ...(open.pathRaw && { pathRaw: Buffer.from(open.pathRaw) }) })),
		expected.map((fields, i) => ({ $typeName: 'sonde.v1.FileOpen', ...fields, ret: results[i] })),
	);
	assert.ok((results[0] ?? -1) >= 0 && (results[3] ?? -1) >= 0 && (results[4] ?? -1) >= 0);
	assert.deepEqual([results[1], results[5], results[6], results[8]], [-2, -14, -36, 0]);
	for (const { event } of seen) {
		assert.equal(event.process?.tid, child.pid);
		assert.equal(event.process?.ppid, process.pid);
		assert.equal(event.process?.comm, 'uring-opens');
	}
});

test('opens through io_uring by threads that share a CPU: all are seen, and rejected by filters', async (t) => {
	const why = await limitation();
	if (why !== false) return t.skip(why);
	const child = await program(t, 'threads', '4', '1000');
	if (child === undefined) return t.skip('this machine allows no io_uring');
	const filter = `process.tgid == ${child.pid} && io_uring && !path.endsWith("7")`;
	const messages = await watch([{ probe: 'file.open', filter }], async () => {
		child.process.stdin?.end('\n');
		assert.equal((await child.ended).code, 0);
	});
	const made = threadPaths(4, 1_000).filter((path) => !path.endsWith('7'));
	const seen = opensOf(messages, child.pid).map(({ open }) => open.path);
	const total = endedOf(messages).accounting?.total;
	const lost = BigInt(made.length - seen.length);
	assert.equal(new Set(seen).size, seen.length, 'none is doubled');
	const isMade = new Set(made);
	assert.ok(seen.every((path) => isMade.has(path)));
	const { available: isExact } =
		localFeatures().find(({ name }) => name === 'exact_btf_tracepoints') ?? assert.fail();
	if (isExact) assert.equal(lost, 0n);
	assert.ok(lost <= (total?.missed ?? 0n) + (total?.startLost ?? 0n), `${lost} were lost`);
});
