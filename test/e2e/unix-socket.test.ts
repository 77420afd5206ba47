import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../clients/typescript/index.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Child, type Hooks, startChild } from './child.js';
import { SKIP_IF_EMULATED } from './emulated.js';
import { SONDE, startNode, temporaryDirectory } from './node.js';
import type { CallName, Outcome } from './one-call.js';

/** Users that no system has: nothing but the tests is theirs. */
const [ALICE, BOB, CAROL] = [1_012_345, 1_012_346, 1_012_347];
/** Of service/auth/connections/unix-listener.ts. */
const MAX_CONNECTIONS_PER_USER = 64;
const ONE_CALL = join(PACKAGE_ROOT, 'dist/test/e2e/one-call.js');

const ids = (uid: number) => [
	'--reuid',
	String(uid),
	'--regid',
	String(uid),
	'--clear-groups',
	'--no-new-privs',
];
const SKIP_IF_PRIVATE =
	spawnSync('setpriv', [...ids(ALICE), 'test', '-x', SONDE]).status !== 0 &&
	'other users cannot reach this folder, or there is no setpriv';

/** Runs a program as another user. */
function startAs(t: Hooks, uid: number, command: string, ...args: string[]): Child {
	// What this user may read is not theirs.
	const { SONDE_NODE: _, SONDE_IDENTITY: __, SONDE_TOKEN_FILE: ___, ...env } = process.env;
	return startChild(t, 'setpriv', [...ids(uid), command, ...args], env);
}

/** What came of a call that another user makes by a socket. */
async function callAs(t: Hooks, uid: number, socket: string, call: CallName, traceId = ''): Promise<Outcome> {
	const child = startAs(t, uid, process.execPath, ONE_CALL, `unix:${socket}`, call, traceId);
	const { code, stdout, stderr } = await child.ended;
	assert.equal(code, 0, stderr);
	return JSON.parse(stdout);
}

/** The path of a socket that all users may reach. */
function socketPath(t: TestContext): string {
	const directory = temporaryDirectory(t);
	chmodSync(directory, 0o755);
	return join(directory, 'sonde.sock');
}

test('on the socket root is an administrator, and other users may do nothing', {
	skip: SKIP_IF_PRIVATE,
}, async (t) => {
	const socket = socketPath(t);
	const node = await startNode(t, '--unix', socket);
	const root = connect({ address: `unix:${socket}` });
	t.after(() => root.close());
	const { trace } = await root.startTrace({ probes: [{ probe: 'file.open' }] });
	assert.equal((await root.stopTrace({ traceId: trace?.traceId ?? '' })).trace?.traceId, trace?.traceId);

	const cli = await startAs(t, ALICE, SONDE, 'probes', '--node', `unix:${socket}`).ended;
	assert.equal(cli.code, 1);
	assert.equal(
		cli.stderr,
		`sonde: "unix:uid=${ALICE}" may not call NodeService/ListProbes: the policy of this node gives them no role\n`,
	);
	const { code, reason } = await callAs(t, ALICE, socket, 'listProbes');
	assert.deepEqual([code, reason], ['PERMISSION_DENIED', 'RPC_NOT_ALLOWED']);
	await node.process.untilStderr(
		new RegExp(`"peer":"unix:uid=${ALICE},gid=${ALICE},pid=\\d+#\\d+".*"reason":"RPC_NOT_ALLOWED"`),
	);

	node.process.process.kill('SIGTERM');
	assert.equal((await node.process.ended).code, 0);
	assert.ok(!existsSync(socket), 'the node takes its socket away');
});

test('commands call a node by its socket with no identity', { skip: SKIP_IF_EMULATED }, async (t) => {
	const socket = socketPath(t);
	await startNode(t, '--unix', socket);
	const env = { ...process.env, SONDE_IDENTITY: '/nonexistent' };
	const run = async (args: readonly string[], more: NodeJS.ProcessEnv = {}) => {
		const { code, stdout, stderr } = await startChild(t, SONDE, args, { ...env, ...more }).ended;
		assert.equal(code, 0, stderr);
		return stdout;
	};
	const at = ['--node', `unix:${socket}`];
	assert.equal(await run(['health', ...at]), 'SERVING\n');
	assert.match(await run(['doctor', ...at]), /probes can be used/);
	const traceId = (await run(['trace', 'file.open', '--detach', ...at])).trim();
	assert.match(await run(['ps'], { SONDE_NODE: `unix://${socket}` }), new RegExp(traceId));
	await run(['stop', traceId, ...at]);

	const relative = await startChild(t, SONDE, ['ps', '--node', 'unix:sonde.sock']).ended;
	assert.equal(relative.code, 2);
	assert.match(
		relative.stderr,
		/is not a unix socket like unix:\/run\/sonde\/sonde\.sock: the path must be absolute/,
	);
});

test('a policy gives users roles, and their traces are their own', {
	skip: SKIP_IF_PRIVATE || SKIP_IF_EMULATED,
}, async (t) => {
	const socket = socketPath(t);
	const policy = join(temporaryDirectory(t), 'policy.yaml');
	writeFileSync(
		policy,
		`roles:
  tenant:
    rpcs: ['TraceService/*']
    probes: ['file.*']
principals:
  - {name: unix:uid=0, roles: [admin]}
  - {name: unix:uid=${ALICE}, roles: [viewer]}
  - {name: unix:uid=${BOB}, roles: [tenant]}
  - {name: unix:uid=${CAROL}, roles: [tenant]}
`,
	);
	await startNode(t, '--unix', socket, '--policy', policy);
	const as = async (uid: number, call: CallName, traceId?: string) => {
		const { code, reason, text } = await callAs(t, uid, socket, call, traceId);
		return code === 'OK' ? text : `${code} ${reason}`;
	};

	assert.ok(Number(await as(ALICE, 'listProbes')) > 30);
	assert.equal(await as(ALICE, 'startTrace'), 'PERMISSION_DENIED RPC_NOT_ALLOWED');
	assert.equal(await as(BOB, 'listProbes'), 'PERMISSION_DENIED RPC_NOT_ALLOWED');

	const traceId = await as(BOB, 'startTrace');
	assert.match(traceId, /^[0-9a-f]{32}$/);
	assert.equal(await as(BOB, 'listTraces'), traceId);
	assert.equal(await as(CAROL, 'listTraces'), '');
	for (const call of ['getTrace', 'updateTrace', 'streamEvents', 'stopTrace'] as const) {
		assert.equal(await as(CAROL, call, traceId), 'NOT_FOUND TRACE_NOT_FOUND', call);
	}
	assert.equal(await as(ALICE, 'getTrace', traceId), traceId, 'viewers are shown all traces');
	assert.equal(await as(ALICE, 'stopTrace', traceId), 'PERMISSION_DENIED RPC_NOT_ALLOWED');
	assert.equal(await as(BOB, 'stopTrace', traceId), traceId);

	const other = await as(CAROL, 'startTrace');
	const admin = connect({ address: `unix:${socket}` });
	t.after(() => admin.close());
	assert.equal((await admin.stopTrace({ traceId: other })).trace?.traceId, other);
});

test('a socket in use, or what is no socket, hinders the start; one that a killed node left does not', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const socket = socketPath(t);
	const first = await startNode(t, '--unix', socket);
	const refusal = async (path: string) => {
		const state = temporaryDirectory(t);
		const args = ['serve', '--listen', '127.0.0.1:0', '--state', state, '--unix', path];
		const node = startChild(t, SONDE, args);
		// Not the end: a node that starts has none.
		await node.untilStderr(/cannot listen.*\n|node is listening/);
		return /cannot listen on .*/.exec(node.stderr())?.[0];
	};
	assert.equal(await refusal(socket), `cannot listen on ${socket}: another process listens there`);
	const file = join(temporaryDirectory(t), 'file');
	writeFileSync(file, 'kept');
	assert.equal(await refusal(file), `cannot listen on ${file}: it is there, and no socket`);

	first.process.process.kill('SIGKILL');
	await first.process.ended;
	assert.ok(existsSync(socket));
	await startNode(t, '--unix', socket);
	const client = connect({ address: `unix:${socket}` });
	t.after(() => client.close());
	assert.notEqual((await client.getNode()).node?.nodeId, '');
});

test('a user has 64 connections at the same time, and root as many as it likes', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const socket = socketPath(t);
	const node = await startNode(t, '--unix', socket);
	const users = connectAs(t, ALICE, socket, MAX_CONNECTIONS_PER_USER + 3);
	const refused = (await Promise.all(users.map(isRefused))).filter(Boolean).length;
	assert.equal(refused, 3);
	await node.process.untilStderr(
		new RegExp(`"uid":${ALICE},.*"limit":${MAX_CONNECTIONS_PER_USER},.*too many of this user`),
	);
	const ofOthers = [
		...connectAs(t, BOB, socket, 1),
		...connectAs(t, 0, socket, MAX_CONNECTIONS_PER_USER + 3),
	];
	assert.ok((await Promise.all(ofOthers.map(isRefused))).every((each) => !each));

	const [accepted] = users.filter(({ destroyed }) => !destroyed);
	accepted?.destroy();
	// Until the node has seen it.
	const deadline = Date.now() + 10_000;
	while (await isRefused(connectAs(t, ALICE, socket, 1)[0])) {
		if (Date.now() > deadline) throw new Error('a connection that was closed still counts');
		await sleep(50);
	}
});

/** Connections that the kernel says are another user's: connect(2) on a path is made before this returns. */
function connectAs(t: TestContext, uid: number, path: string, count: number): [Socket, ...Socket[]] {
	const make = () => {
		const socket = connectSocket(path);
		socket.on('error', () => undefined);
		t.after(() => socket.destroy());
		return socket;
	};
	process.seteuid?.(uid);
	try {
		return [make(), ...Array.from({ length: count - 1 }, make)];
	} finally {
		process.seteuid?.(0);
	}
}

/** A node begins with its settings, or closes the connection without a word. */
async function isRefused(socket: Socket): Promise<boolean> {
	const settings = once(socket, 'data').then(() => false);
	const closed = once(socket, 'close').then(() => true);
	return Promise.race([settings, closed]);
}
