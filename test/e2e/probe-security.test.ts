// capability.check, credential.change, module.load, bpf.load, ptrace.attach: real calls, and every field of what is seen.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
	CredentialChange_Syscall,
	ModuleLoad_Syscall,
	PtraceAttach_Request,
	type StreamEventsResponse,
} from '../../clients/typescript/index.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Child, startChild } from './child.js';
import { eventsOf } from './collect.js';
import { unavailable, watch } from './watch.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/privileged');
const CAP_SYS_ADMIN = 21;
const CAP_SYS_TIME = 25n;
const EPERM = -1;
const ESRCH = -3;

/** A process that makes these calls, and what it printed. */
async function call(t: TestContext, lines: readonly string[]): Promise<{ pid: number; results: number[] }> {
	const child = startChild(t, PROGRAM, []);
	child.process.stdin?.end(lines.map((line) => `${line}\n`).join(''));
	const { code, stdout } = await child.ended;
	assert.equal(code, 0);
	const [pid = 0, ...results] = stdout.trim().split('\n').map(Number);
	assert.equal(results.length, lines.length);
	return { pid, results };
}

/** What a probe sees of such a process. */
async function watchCalls(
	t: TestContext,
	probe: string,
	lines: readonly string[],
): Promise<{ pid: number; results: number[]; messages: StreamEventsResponse[] }> {
	let called = { pid: 0, results: [] as number[] };
	const messages = await watch([{ probe }], async () => {
		called = await call(t, lines);
	});
	return { ...called, messages };
}

test('credential.change: each call, and what the thread has afterwards', async (t) => {
	const lines = [
		'setgroups',
		'setfsgid 6',
		'setfsuid 6',
		'setgid 4',
		'setregid 4 5',
		'setresgid 4 5 6',
		'capset',
		'setreuid 0 0',
		'setresuid 1 0 0',
		'setresuid 1 2 3',
		'setuid 0',
	];
	const { pid, results, messages } = await watchCalls(t, 'credential.change', lines);
	const seen = eventsOf(messages, 'credentialChange').filter(({ event }) => event.process?.tgid === pid);
	const { Syscall } = { Syscall: CredentialChange_Syscall };
	assert.deepEqual(
		seen.map(({ payload, event }) => [
			...[payload.syscall, payload.ret, event.process?.uid, payload.effectiveUid, payload.savedUid],
			...[event.process?.gid, payload.effectiveGid, payload.savedGid],
		]),
		[
			[Syscall.SETGROUPS, 0, 0, 0, 0, 0, 0, 0],
			[Syscall.SETFSGID, 0, 0, 0, 0, 0, 0, 0],
			[Syscall.SETFSUID, 0, 0, 0, 0, 0, 0, 0],
			[Syscall.SETGID, 0, 0, 0, 0, 4, 4, 4],
			[Syscall.SETREGID, 0, 0, 0, 0, 4, 5, 5],
			[Syscall.SETRESGID, 0, 0, 0, 0, 4, 5, 6],
			[Syscall.CAPSET, 0, 0, 0, 0, 4, 5, 6],
			[Syscall.SETREUID, 0, 0, 0, 0, 4, 5, 6],
			[Syscall.SETRESUID, 0, 1, 0, 0, 4, 5, 6],
			[Syscall.SETRESUID, 0, 1, 2, 3, 4, 5, 6],
			[Syscall.SETUID, EPERM, 1, 2, 3, 4, 5, 6],
		],
	);
	assert.deepEqual(
		seen.map(({ payload }) => payload.ret),
		results,
	);
	const has = ({ payload }: (typeof seen)[number]) => [
		(payload.effectiveCapabilities >> CAP_SYS_TIME) & 1n,
		(payload.permittedCapabilities >> CAP_SYS_TIME) & 1n,
	];
	const [before, after, last] = [seen[5], seen[6], seen[9]].map((each) => has(each ?? assert.fail()));
	assert.deepEqual({ before, after, last }, { before: [1n, 1n], after: [0n, 1n], last: [0n, 0n] });
});

test('capability.check: what was asked for, and the answer', async (t) => {
	const skip = await unavailable('capability.check');
	if (skip !== false) return t.skip(skip);
	const { pid, messages } = await watchCalls(t, 'capability.check', [
		'hostname',
		'setresuid 1 1 1',
		'hostname',
	]);
	const seen = eventsOf(messages, 'capabilityCheck').filter(
		({ event, payload }) => event.process?.tgid === pid && payload.capability === CAP_SYS_ADMIN,
	);
	// Giving memory to the root of all asks for it too.
	const results = seen.map(({ payload, event }) => `${event.process?.uid} ${payload.ret}`);
	assert.deepEqual([...new Set(results)].sort(), ['0 0', `1 ${EPERM}`]);
	assert.ok(seen.every(({ payload }) => payload.inInitialNamespace));
});

test('ptrace.attach: attempts to control, and no other request', async (t) => {
	const target = await waiting(t);
	const lines = [`seize ${target.pid}`, `attach ${target.pid}`, 'attach 0', `peek ${target.pid}`, 'traceme'];
	const { pid, results, messages } = await watchCalls(t, 'ptrace.attach', lines);
	const seen = eventsOf(messages, 'ptraceAttach').filter(({ event }) => event.process?.tgid === pid);
	const { SEIZE, ATTACH, TRACEME } = PtraceAttach_Request;
	assert.deepEqual(
		seen.map(({ payload }) => [payload.request, payload.target, payload.ret]),
		[
			[SEIZE, target.pid, 0],
			[ATTACH, target.pid, 0],
			[ATTACH, 0, ESRCH],
			[TRACEME, 0, 0],
		],
	);
	assert.deepEqual(
		seen.map(({ payload }) => payload.ret),
		[results[0], results[1], results[2], results[4]],
	);
	target.process.stdin?.end();
	await target.ended;
});

test('bpf.load: programs that the kernel took and did not take', async (t) => {
	const { pid, results, messages } = await watchCalls(t, 'bpf.load', ['bpf sonde_good 2', 'bpf sonde_bad 1']);
	const seen = eventsOf(messages, 'bpfLoad').filter(({ event }) => event.process?.tgid === pid);
	assert.ok((results[0] ?? -1) >= 0 && (results[1] ?? 0) < 0);
	assert.deepEqual(
		seen.map(({ payload }) => ({ ...payload, $typeName: '' })),
		['sonde_good', 'sonde_bad'].map((name, i) => ({
			...{ $typeName: '', name, programType: 1, expectedAttachType: 0, instructions: 2 - i },
			...{ ret: results[i], attributesUnreadable: false },
		})),
	);
});

test('module.load: what is no module', async (t) => {
	const skip = await unavailable('module.load');
	if (skip !== false) return t.skip(skip);
	const { pid, results, messages } = await watchCalls(t, 'module.load', ['module answer=42', 'fmodule x=1']);
	const seen = eventsOf(messages, 'moduleLoad').filter(({ event }) => event.process?.tgid === pid);
	const { INIT_MODULE, FINIT_MODULE } = ModuleLoad_Syscall;
	const flags = { parametersTruncated: false, parametersUnreadable: false };
	assert.ok(results.every((result) => result < 0));
	assert.deepEqual(
		seen.map(({ payload }) => ({ ...payload, $typeName: '' })),
		[
			{ syscall: INIT_MODULE, fd: -1, flags: 0, imageBytes: 9n, parameters: 'answer=42' },
			{ syscall: FINIT_MODULE, fd: 0, flags: 2, imageBytes: 0n, parameters: 'x=1' },
		].map((wanted, i) => ({ $typeName: '', ...wanted, ret: results[i], ...flags })),
	);
});

/** A process that waits. */
async function waiting(t: TestContext): Promise<Child> {
	const child = startChild(t, PROGRAM, []);
	await child.untilStdout(/^\d+\n/);
	return child;
}
