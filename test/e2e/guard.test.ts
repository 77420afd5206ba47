// The guard over eBPF: who is refused, told of, and let pass, and that it ends with the node. In emulated machines only: it
// would refuse the other tests their programs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, linkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { localFeatures } from '../../service/catalog/features.js';
import { type Guard, startGuard } from '../../service/guard/guard.js';
import type { GuardConfig } from '../../service/guard/guard-config.js';
import { loadNative } from '../../service/native.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Child, startChild } from './child.js';
import { eventsOf } from './collect.js';
import { IS_EMULATED } from './emulated.js';
import { startNode, type TestNode, temporaryDirectory } from './node.js';
import { watch } from './watch.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/guarded');
const FEATURES = localFeatures();
const EPERM = -1;
const ENOENT = -2;
/** No program, map or link. */
const NO_ID = 4_294_967_295;

const feature = FEATURES.find(({ name }) => name === 'guard');
const ownMachine = IS_EMULATED
	? false
	: 'only in an emulated machine: it would refuse the other tests their programs';
const skip = feature?.available === true ? ownMachine : (feature?.detail ?? 'no such feature');

/** A process that makes calls when it is told to. */
interface Caller {
	readonly pid: number;
	/** What each of these calls returned: 0 or a negated errno. */
	call(...lines: string[]): Promise<number[]>;
}

async function startCaller(t: TestContext, program = PROGRAM): Promise<Caller> {
	const child = startChild(t, program, []);
	await child.untilStdout(/^\d+\n/);
	let answered = 1;
	return {
		pid: child.pid,
		async call(...lines) {
			child.process.stdin?.write(lines.map((line) => `${line}\n`).join(''));
			const from = answered;
			answered += lines.length;
			await child.untilStdout(new RegExp(`^(-?\\d+\\n){${answered}}`));
			return child.stdout().split('\n').slice(from, answered).map(Number);
		},
	};
}

/** A guard of this process, and what it has written to its log. */
function guardHere(
	t: TestContext,
	config: Partial<GuardConfig>,
): { guard: Guard; lines: () => Record<string, unknown>[] } {
	const written: string[] = [];
	const log = pino({ base: null }, { write: (line: string) => void written.push(line) });
	const whole = { mode: 'enforce' as const, allow: [], required: true, ...config };
	const guard = startGuard({ native: loadNative(), config: whole, features: FEATURES, log });
	t.after(() => guard.close());
	return { guard, lines: () => written.map((line) => JSON.parse(line)) };
}

function configFile(t: TestContext, text: string): string {
	const file = join(temporaryDirectory(t), 'sonde.yaml');
	writeFileSync(file, text);
	return file;
}

async function metricsOf(node: TestNode): Promise<string> {
	const [, port] = await node.process.untilStderr(/"metrics":(\d+)/);
	return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** The kernel may let go of a program a moment after its process has ended. */
async function untilLoads({ call }: Caller): Promise<void> {
	for (let i = 0; i < 200; i++) {
		const [result] = await call('load');
		if (result === 0) return;
		await sleep(50);
	}
	assert.fail('programs are still refused');
}

async function programIds({ client }: TestNode): Promise<number[]> {
	const { trace } = await client.startTrace({ probes: [{ probe: 'file.open' }] });
	const ids = trace?.probes.flatMap(({ attachment }) => attachment?.programIds ?? []) ?? [];
	assert.ok(ids.length > 0);
	return ids;
}

test('a node that enforces traces, and all others are refused, counted and told of, until SIGTERM', {
	skip,
}, async (t) => {
	const listed = join(temporaryDirectory(t), 'listed');
	copyFileSync(PROGRAM, listed);
	const config = configFile(t, `guard:\n  mode: enforce\n  allow: [${listed}]\n`);
	const [other, trusted, bystander] = await Promise.all([
		startCaller(t),
		startCaller(t, listed),
		startCaller(t),
	]);
	const node = await startNode(t, '--config', config, '--metrics-port', '0');
	const { node: facts } = await node.client.getNode();
	assert.equal(
		facts?.features.find(({ name }) => name === 'guard')?.detail,
		'mode enforce: only the node and executables listed in its configuration may load eBPF programs',
	);

	const messages = await watch(
		[{ probe: 'bpf.load' }],
		async () => {
			assert.deepEqual(await other.call('load', 'load'), [EPERM, EPERM]);
			assert.deepEqual(await trusted.call('load'), [0]);
		},
		Promise.resolve(node),
	);
	const results = (pid: number) =>
		eventsOf(messages, 'bpfLoad')
			.filter(({ event, payload }) => event.process?.tgid === pid && payload.name === 'guarded')
			.map(({ payload }) => Math.min(payload.ret, 0));
	assert.deepEqual(results(other.pid), [EPERM, EPERM]);
	assert.deepEqual(results(trusted.pid), [0]);

	const [id] = await programIds(node);
	const handles = [`program ${id}`, `program ${NO_ID}`, `map ${NO_ID}`, `link ${NO_ID}`];
	assert.deepEqual(await other.call(...handles), [EPERM, EPERM, EPERM, EPERM]);
	assert.deepEqual(await trusted.call(...handles), [0, ENOENT, ENOENT, ENOENT]);
	const nodePid = node.process.pid;
	assert.deepEqual(await other.call(`seize ${nodePid}`, `take ${nodePid}`), [EPERM, EPERM]);
	assert.deepEqual(await other.call(`seize ${bystander.pid}`, `take ${bystander.pid}`, 'create'), [0, 0, 0]);

	const [line] = await node.process.untilStderr(/\{[^\n]*the guard refused a call"\}/);
	const { call, pid, tgid, uid, comm, executable, inode } = JSON.parse(line);
	assert.deepEqual(
		{ call, pid, tgid, uid, comm, executable },
		{ call: 'prog_load', pid: other.pid, tgid: other.pid, uid: 0, comm: 'guarded', executable: PROGRAM },
	);
	assert.match(inode, /^[1-9]\d*$/);
	const figures = (await metricsOf(node))
		.split('\n')
		.filter((text) => /^sonde_guard(_refused_total)?\{/.test(text));
	assert.deepEqual(figures, [
		'sonde_guard{mode="off"} 0',
		'sonde_guard{mode="audit"} 0',
		'sonde_guard{mode="enforce"} 1',
		'sonde_guard_refused_total{call="prog_load"} 2',
		'sonde_guard_refused_total{call="prog_get_fd_by_id"} 2',
		'sonde_guard_refused_total{call="map_get_fd_by_id"} 1',
		'sonde_guard_refused_total{call="link_get_fd_by_id"} 1',
		'sonde_guard_refused_total{call="ptrace"} 2',
	]);

	node.process.process.kill('SIGTERM');
	assert.equal((await node.process.ended).code, 0);
	await untilLoads(other);
});

test('upgrades and another configuration are followed while it runs; killed, it takes its guard with it', {
	skip,
}, async (t) => {
	const directory = temporaryDirectory(t);
	const [listed, upgrade] = [join(directory, 'listed'), join(directory, 'upgrade')];
	copyFileSync(PROGRAM, listed);
	copyFileSync(PROGRAM, upgrade);
	const file = configFile(t, `guard: {mode: enforce, allow: [${listed}]}`);
	const other = await startCaller(t);
	const node = await startNode(t, '--config', file);
	renameSync(upgrade, listed);
	const upgraded = await startCaller(t, listed);
	await untilLoads(upgraded);

	writeFileSync(file, 'guard: {mode: forbid}');
	await node.process.untilStderr(
		/"reason":"[^\n]*guard\.mode is \\"forbid\\"[^\n]*the guard stays as it is"/,
	);
	assert.deepEqual(await other.call('load'), [EPERM]);
	assert.deepEqual(await upgraded.call('load'), [0]);

	writeFileSync(file, 'guard: {mode: audit}');
	await untilLoads(other);
	const { node: facts } = await node.client.getNode();
	assert.match(facts?.features.find(({ name }) => name === 'guard')?.detail ?? '', /^mode audit: /);
	writeFileSync(file, 'guard: {mode: enforce}');
	await node.process.untilStderr(/"mode":"audit"[^\0]*"mode":"enforce"[^\n]*the guard is on"/);
	assert.deepEqual(await other.call('load'), [EPERM]);
	assert.deepEqual(await upgraded.call('load'), [EPERM]);

	node.process.process.kill('SIGKILL');
	await node.process.ended;
	await untilLoads(other);
});

test('audit refuses nothing and tells', { skip }, async (t) => {
	const other = await startCaller(t);
	const { guard, lines } = guardHere(t, { mode: 'audit' });
	assert.equal(guard.mode(), 'audit');
	assert.deepEqual(await other.call('load', `program ${NO_ID}`, `take ${process.pid}`), [0, ENOENT, 0]);
	const { refused } = guard.counts() ?? {};
	assert.deepEqual(refused, {
		...{ prog_load: 1n, prog_get_fd_by_id: 1n, map_get_fd_by_id: 0n, link_get_fd_by_id: 0n },
		ptrace: 1n,
	});
	guard.close();
	const told = lines().filter(({ msg }) => msg === 'the guard would have refused a call');
	assert.deepEqual(
		told.map(({ call, tgid }) => ({ call, tgid })),
		['prog_load', 'prog_get_fd_by_id', 'ptrace'].map((call) => ({ call, tgid: other.pid })),
	);
});

test('an executable is known by its file, and not by its name', { skip }, async (t) => {
	const directory = temporaryDirectory(t);
	const [listed, linked, copied] = ['listed', 'linked', 'copied'].map((name) => join(directory, name));
	assert.ok(listed !== undefined && linked !== undefined && copied !== undefined);
	copyFileSync(PROGRAM, listed);
	copyFileSync(PROGRAM, copied);
	linkSync(listed, linked);
	const config: GuardConfig = { mode: 'enforce', allow: [listed], required: true };
	const { guard } = guardHere(t, config);
	const load = async (program: string) => (await startCaller(t, program)).call('load');
	assert.deepEqual(await load(listed), [0]);
	assert.deepEqual(await load(linked), [0]);
	assert.deepEqual(await load(copied), [EPERM]);

	// As an upgrade does. The old file has a name left.
	renameSync(copied, listed);
	assert.deepEqual(await load(listed), [EPERM]);
	assert.deepEqual(await load(linked), [0]);
	guard.reload(config);
	assert.deepEqual(await load(listed), [0]);
	assert.deepEqual(await load(linked), [EPERM]);

	// The configuration that cannot be taken leaves the one before.
	assert.throws(
		() => guard.reload({ ...config, allow: [join(directory, 'nothing')] }),
		/^Error: guard\.allow: cannot open .*\/nothing: No such file or directory$/,
	);
	assert.deepEqual(await load(linked), [EPERM]);
	assert.equal(guard.counts()?.refused.prog_load, 4n);
	guard.reload({ ...config, mode: 'off' });
	assert.equal(guard.mode(), 'off');
	assert.deepEqual(await load(linked), [0]);
});

test("the node's own children and other programs of its executable are others", { skip }, async (t) => {
	const { guard } = guardHere(t, {});
	const script =
		'process.stdout.write(process.getBuiltinModule("module").createRequire(process.argv[1])(process.argv[1]).kernelSupport().loadError)';
	const addon = join(PACKAGE_ROOT, 'native/build/Release/sonde.node');
	const child: Child = startChild(t, process.execPath, ['-e', script, addon]);
	assert.deepEqual(await child.ended, {
		code: 0,
		signal: null,
		stdout: 'Operation not permitted',
		stderr: '',
	});
	assert.equal(loadNative().kernelSupport().loadError, '');
	assert.ok((guard.counts()?.refused.prog_load ?? 0n) > 0n);
});

test('whoever calls in a loop is counted, and fills no log', { skip }, (t) => {
	const { guard, lines } = guardHere(t, {});
	const many = 500;
	// This process does nothing else meanwhile, so that nobody looks.
	const { stdout } = spawnSync(PROGRAM, { input: `program ${NO_ID}\n`.repeat(many), encoding: 'utf8' });
	assert.equal(stdout.match(/^-1$/gm)?.length, many);
	guard.close();
	const { refused, untold = 0n } = guard.counts() ?? {};
	assert.equal(refused?.prog_get_fd_by_id, BigInt(many));
	assert.ok(untold > 0n && untold < BigInt(many), `${untold} had no room in the ring`);
	const written = lines().filter(({ call }) => call === 'prog_get_fd_by_id').length;
	assert.equal(written, 5);
	assert.deepEqual(
		lines().flatMap(({ more }) => (more === undefined ? [] : [more])),
		[many - written],
	);
});

test('CAP_BPF and CAP_PERFMON are enough', { skip }, async (t) => {
	const script =
		'const [addon, object] = process.argv.slice(1);' +
		'const { Guard } = process.getBuiltinModule("module").createRequire(addon)(addon);' +
		'const guard = new Guard({ object: process.getBuiltinModule("fs").readFileSync(object), enforce: true, allow: [] });' +
		'process.stdout.write(String(guard.counts().passed > 0n))';
	const files = ['native/build/Release/sonde.node', 'bpf/gen/guard.bpf.o'].map((file) =>
		join(PACKAGE_ROOT, file),
	);
	const few = '-all,+bpf,+perfmon';
	const limits = [
		'--reuid',
		'65534',
		'--clear-groups',
		'--bounding-set',
		few,
		'--inh-caps',
		few,
		'--ambient-caps',
		few,
	];
	const command = ['setpriv', ...limits, process.execPath, '-e', script, ...files];
	const child = startChild(t, 'prlimit', ['--memlock=unlimited', ...command]);
	assert.deepEqual(await child.ended, { code: 0, signal: null, stdout: 'true', stderr: '' });
});

const isImpossible = feature?.available === false && feature.detail.startsWith('no guard');
const impossible = isImpossible ? false : 'this kernel can have a guard, or does not say';

test('where there can be none, the node starts and says why', { skip: impossible }, async (t) => {
	const node = await startNode(t, '--config', configFile(t, 'guard: {mode: enforce}'));
	assert.match(
		node.process.stderr(),
		/"mode":"enforce","reason":"[^"]+","msg":"the guard is off, as it cannot be had here"/,
	);
	const { node: facts } = await node.client.getNode();
	const found = facts?.features.find(({ name }) => name === 'guard');
	assert.equal(found?.available, false);
	assert.equal(found?.detail, `asked for and off: ${feature?.detail}`);
});

test('where there can be none, and it is required, the node does not start', {
	skip: impossible,
}, async (t) => {
	const config = configFile(t, 'guard: {mode: audit, required: true}');
	await assert.rejects(startNode(t, '--config', config), /sonde: guard\.mode audit cannot be had: no/);
});
