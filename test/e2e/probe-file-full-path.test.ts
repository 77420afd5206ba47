// The option full_path of file.open: every way in which the path that a caller writes is not the one of the file.
import assert from 'node:assert/strict';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { opensOf, stopAndRead } from './collect.js';
import { IS_EMULATED } from './emulated.js';
import { type Call, callScript, NULL } from './file-calls.js';
import { sharedNode, temporaryDirectory } from './node.js';
import { NO_LIMITS } from './requests.js';

// include/uapi/linux: fcntl.h, mount.h, sched.h
const O_RDONLY = 0;
const O_RDWR = 2;
const O_CREAT = 0o100;
const O_DIRECTORY = 0o200000;
const MS_BIND = 0x1000;
const MS_REC = 0x4000;
const MS_PRIVATE = 1 << 18;
const CLONE_NEWNS = 0x20000;
/** SONDE_PATH_BYTES and SONDE_WALK_STEPS. */
const MOST_BYTES = 4_096;
const MOST_STEPS = 128;

/** What is known of an open's full path. */
interface Expected {
	readonly fullPath: string;
	readonly fullPathRaw?: Buffer;
	readonly fullPathTruncated?: boolean;
	readonly fullPathDeleted?: boolean;
}

interface Step {
	readonly call: Call;
	/** Of opens. */
	readonly event?: Expected;
}

/** As many of these names as have room, from the last on. */
function lastOf(names: readonly string[], bytes: number): string {
	let path = '';
	for (const name of names.toReversed()) {
		if (path.length + name.length + 1 > bytes) break;
		path = `/${name}${path}`;
	}
	return path;
}

/** Directories one in the other, the last of which the process goes to, step by step: their path is too long to be written. */
function down(names: readonly string[]): Step[] {
	return names.flatMap((name): Step[] => [{ call: ['mkdir', name, 0o700] }, { call: ['chdir', name] }]);
}

const create = (path: string | Buffer): Call => ['open', path, O_RDWR | O_CREAT, 0o600];
const open = (path: string): Call => ['open', path, O_RDONLY];

function stepsIn(top: string): Step[] {
	const inside = join(top, 'ünï');
	const file = join(inside, '✓-file');
	const mounted = join(top, 'mounted');
	const bound = join(top, 'bound');
	for (const directory of [inside, mounted, bound]) mkdirSync(directory);
	symlinkSync('ünï/✓-file', join(top, 'link'));
	writeFileSync(join(top, 'a'), '');
	const strange = Buffer.concat([Buffer.from(`${mounted}/`), Buffer.from([0xff])]);
	const long = Array.from({ length: 17 }, (_, i) => `${i}`.padEnd(250, 'n'));
	const deep = Array.from({ length: MOST_STEPS }, () => 'd');
	const steps: Step[] = [
		{ call: create(file), event: { fullPath: file } },
		{ call: ['open', '/', O_RDONLY | O_DIRECTORY], event: { fullPath: '/' } },
		{ call: ['chdir', top] },
		{ call: open('a'), event: { fullPath: join(top, 'a') } },
		{ call: open('link'), event: { fullPath: file } },
		{ call: open('.'), event: { fullPath: top } },
		{ call: open('ünï/../bound/.././a'), event: { fullPath: join(top, 'a') } },
		{ call: open('missing'), event: { fullPath: '' } },
		{ call: ['openat', { result: 1 }, 'proc/self/comm', O_RDONLY] },
		// Nothing outside sees what is mounted from here on.
		{ call: ['unshare', CLONE_NEWNS] },
		{ call: ['mount', 'none', '/', NULL, MS_REC | MS_PRIVATE, NULL] },
		{ call: ['mount', 'none', mounted, 'tmpfs', 0, NULL] },
		{ call: ['mount', inside, bound, NULL, MS_BIND, NULL] },
		{ call: open('mounted'), event: { fullPath: mounted } },
		{ call: create('mounted/new'), event: { fullPath: join(mounted, 'new') } },
		{ call: open('bound/✓-file'), event: { fullPath: join(bound, '✓-file') } },
		{ call: create(strange), event: { fullPath: `${mounted}/\ufffd`, fullPathRaw: strange } },
	];
	const at = steps.length;
	steps.push(
		{ call: create('mounted/gone'), event: { fullPath: join(mounted, 'gone') } },
		{ call: ['unlink', 'mounted/gone'] },
		{ call: ['memfd_create', 'x', 0] },
		{ call: ['chdir', '/proc/self/fd'] },
	);
	// By the numbers that they are known to get: one for each open that succeeds.
	const opened = steps
		.slice(0, at)
		.filter(({ call, event }) => call[0].startsWith('open') && event?.fullPath !== '');
	const gone = 3 + opened.length;
	steps.push(
		{ call: open(`${gone}`), event: { fullPath: join(mounted, 'gone'), fullPathDeleted: true } },
		{ call: open(`${gone + 1}`), event: { fullPath: '' } },
		{ call: ['chdir', mounted] },
		...down(long.slice(0, 15)),
		{ call: create('f'), event: { fullPath: `${mounted}/${[...long.slice(0, 15), 'f'].join('/')}` } },
		...down(long.slice(15)),
		{ call: create('f'), event: { fullPath: lastOf([...long, 'f'], MOST_BYTES), fullPathTruncated: true } },
		{ call: ['chdir', mounted] },
		...down(deep),
		{
			call: create('f'),
			event: { fullPath: lastOf([...deep.slice(1), 'f'], MOST_BYTES), fullPathTruncated: true },
		},
		{ call: ['chroot', top] },
		{ call: ['chdir', '/'] },
		{ call: open('/mounted/new'), event: { fullPath: '/mounted/new' } },
		{ call: open('..'), event: { fullPath: '/' } },
		{ call: ['openat', { result: 1 }, 'proc', O_RDONLY], event: { fullPath: `${OUTER_ROOT}/proc` } },
	);
	return steps;
}

/** What is below no root of the process is named from that of all; test/kernels/init puts the host's files here. */
const OUTER_ROOT = IS_EMULATED ? '/root' : '';

test('full_path of file.open: the path of the file, however the caller named it', async (t) => {
	const top = realpathSync(temporaryDirectory(t));
	const steps = stepsIn(top);
	const { pid, results, messages } = await run(t, steps, true);
	for (const [i, { call }] of steps.entries()) {
		if (call[1] !== 'missing') assert.ok((results[i] ?? -1) >= 0, `${call.join(' ')}: ${results[i]}`);
	}
	const opens = steps.filter(({ call }) => call[0].startsWith('open'));
	const seen = opensOf(messages, pid).map(({ open: payload }) => payload);
	assert.equal(seen.length, opens.length);
	for (const [i, { call, event }] of opens.entries()) {
		if (event === undefined) continue;
		const { fullPath, fullPathRaw, fullPathTruncated, fullPathDeleted } = seen[i] ?? assert.fail();
		assert.deepEqual(
			{ fullPath, fullPathRaw: fullPathRaw && Buffer.from(fullPathRaw), fullPathTruncated, fullPathDeleted },
			{ fullPathRaw: undefined, fullPathTruncated: false, fullPathDeleted: false, ...event },
			call.join(' '),
		);
	}
});

test('filters may ask for full_path; without the option it is empty', async (t) => {
	const top = realpathSync(temporaryDirectory(t));
	for (const name of ['a', 'b']) writeFileSync(join(top, name), '');
	const steps: Step[] = [{ call: ['chdir', top] }, { call: open('a') }, { call: open('b') }];
	const filter = `full_path == ${JSON.stringify(join(top, 'b'))}`;
	const narrow = await run(t, steps, true, filter);
	assert.deepEqual(
		opensOf(narrow.messages, narrow.pid).map(({ open: { path, fullPath } }) => [path, fullPath]),
		[['b', join(top, 'b')]],
	);
	const without = await run(t, steps, false);
	assert.deepEqual(
		opensOf(without.messages, without.pid).map(({ open: { path, fullPath } }) => [path, fullPath]),
		[
			['a', ''],
			['b', ''],
		],
	);
});

/** Makes these calls under a trace of their process; gives what they returned, and all messages. */
async function run(t: TestContext, steps: readonly Step[], fullPath: boolean, more = 'true') {
	const { client } = await sharedNode();
	const script = await callScript(
		t,
		steps.map(({ call }) => call),
	);
	const { trace } = await client.startTrace({
		probes: [
			{
				probe: 'file.open',
				filter: `process.tgid == ${script.pid} && ${more}`,
				options: { case: 'fileOpen', value: { fullPath } },
			},
		],
		limits: NO_LIMITS,
	});
	const output = await script.run();
	const messages = await stopAndRead(client, trace?.traceId ?? '');
	return { pid: script.pid, results: output.trim().split('\n').map(Number), messages };
}
