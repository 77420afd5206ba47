import assert from 'node:assert/strict';
import { chownSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from '../../clients/typescript/index.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Child, startChild } from '../e2e/child.js';
import { opensOf, stopAndRead, violations } from '../e2e/collect.js';
import { temporaryDirectory } from '../e2e/node.js';
import { openThreads, threadPaths } from '../e2e/opens.js';
import { type Installation, installAsImage } from './installation.js';
import { runCommand } from './run-command.js';
import { allowedCalls, callsOf } from './system-calls.js';

type Hooks = Parameters<typeof startChild>[0];

/** Any that is not root. */
const USER = 65_534;
/** The same in Dockerfile, sonde.service and README. */
const CAPABILITIES = ['bpf', 'perfmon', 'dac_read_search'];

let installation: Installation;
before(async () => {
	installation = await installAsImage();
});
after(() => installation?.remove());

/** A command as an ordinary user, who can never have more than these capabilities. */
function asUser(ambient: readonly string[]): string[] {
	const list = (names: readonly string[]) => ['-all', ...names.map((name) => `+${name}`)].join();
	const ids = [`--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'];
	return [
		...ids,
		`--inh-caps=${list(ambient)}`,
		`--ambient-caps=${list(ambient)}`,
		`--bounding-set=${list(CAPABILITIES)}`,
	];
}

interface Started {
	readonly serve: Child;
	readonly address: string;
	readonly identity: string;
	health(): Promise<{ readonly code: number; readonly output: string }>;
}

/** Starts the installed node behind a prefix. */
async function start(t: Hooks, prefix: readonly string[]): Promise<Started> {
	const home = temporaryDirectory(t);
	chownSync(home, USER, USER);
	const state = join(home, 'state');
	const main = join(installation.directory, 'dist/clients/cli/main.js');
	const serve = startChild(t, 'setpriv', [
		...prefix,
		main,
		'serve',
		'--listen=127.0.0.1:0',
		`--state=${state}`,
	]);
	const [, port] = await serve.untilStderr(/"port":(\d+)/);
	const address = `127.0.0.1:${port}`;
	const identity = join(state, 'identities/admin');
	const health = () => runCommand(main, ['health', `--node=${address}`, `--identity=${identity}`]);
	return { serve, address, identity, health };
}

/** Traces known opens and compares all of them; then ends the node. */
async function traceAndEnd(t: Hooks, { serve, address, identity, health }: Started): Promise<void> {
	assert.deepEqual(await health(), { code: 0, output: 'SERVING\n' });
	const status = readFileSync(`/proc/${serve.pid}/status`, 'utf8');
	assert.match(status, new RegExp(`^Uid:\t${USER}\t${USER}\t${USER}\t${USER}$`, 'm'));
	assert.match(status, /^NoNewPrivs:\t1$/m);

	const client = connect({ address, identity });
	t.after(() => client.close());
	const opener = await openThreads(t, { threads: 2, count: 200 });
	const { trace } = await client.startTrace({ probes: [{ probe: 'file.open' }] });
	await opener.run();
	const messages = await stopAndRead(client, trace?.traceId ?? '');
	const paths = opensOf(messages, opener.pid)
		.map(({ open }) => open.path)
		.filter((path) => path.startsWith('/sonde/'));
	assert.deepEqual(paths.sort(), threadPaths(2, 200));
	const last = messages.at(-1)?.accounting;
	assert.ok(last !== undefined);
	assert.deepEqual(violations(last, true), []);

	process.kill(nodeOf(serve), 'SIGTERM');
	const { code, stderr } = await serve.ended;
	assert.equal(code, 0, stderr);
	const { code: unhealthy, output } = await health();
	assert.equal(unhealthy, 1);
	assert.match(output, /^sonde: cannot reach a node at 127\.0\.0\.1:/);
}

/** The node's own process, which strace has as its child. */
function nodeOf({ pid }: Child): number {
	const child = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] ?? '';
	return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'strace\n' ? Number(child) : pid;
}

test('as systemd starts it: an ordinary user with ambient capabilities, and no new ones', async (t) => {
	const unit = readFileSync(join(PACKAGE_ROOT, 'sonde.service'), 'utf8');
	const names = CAPABILITIES.map((name) => `CAP_${name.toUpperCase()}`).join(' ');
	assert.ok(unit.includes(`\nAmbientCapabilities=${names}\nCapabilityBoundingSet=${names}\n`));
	await traceAndEnd(t, await start(t, ['--no-new-privs', ...asUser(CAPABILITIES)]));
});

test('with no system call that the unit does not allow', async (t) => {
	const unit = readFileSync(join(PACKAGE_ROOT, 'sonde.service'), 'utf8');
	const home = temporaryDirectory(t);
	chownSync(home, USER, USER);
	const summary = join(home, 'calls');
	const strace = ['strace', '--follow-forks', '--summary-only', `--output=${summary}`];
	await traceAndEnd(t, await start(t, ['--no-new-privs', ...asUser(CAPABILITIES), ...strace]));
	const allowed = await allowedCalls(unit);
	const used = callsOf(readFileSync(summary, 'utf8'));
	assert.ok(used.includes('bpf') && used.includes('perf_event_open'));
	// V8 asks for memory protection keys, and does without.
	assert.deepEqual(
		used.filter((name) => !allowed.has(name) && name !== 'pkey_alloc'),
		[],
	);
});

test('with capabilities that it has no use for, which it gives up by no other call', async (t) => {
	const unit = readFileSync(join(PACKAGE_ROOT, 'sonde.service'), 'utf8');
	const home = temporaryDirectory(t);
	chownSync(home, USER, USER);
	const summary = join(home, 'calls');
	const strace = ['strace', '--follow-forks', '--summary-only', `--output=${summary}`];
	const list = ['-all', ...[...CAPABILITIES, 'sys_time'].map((name) => `+${name}`)].join();
	const prefix = [
		...['--no-new-privs', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups'],
		...[`--inh-caps=${list}`, `--ambient-caps=${list}`],
	];
	await traceAndEnd(t, await start(t, [...prefix, ...strace]));
	const used = callsOf(readFileSync(summary, 'utf8'));
	assert.ok(used.includes('capset') && used.includes('execve'));
	const allowed = await allowedCalls(unit);
	assert.deepEqual(
		used.filter((name) => !allowed.has(name) && name !== 'pkey_alloc'),
		[],
	);
});

test('as the image starts it: an ordinary user whose node has the capabilities', async (t) => {
	const dockerfile = readFileSync(join(PACKAGE_ROOT, 'Dockerfile'), 'utf8');
	const capabilities = `${CAPABILITIES.map((name) => `cap_${name}`).join()}+ep`;
	assert.ok(dockerfile.includes(`setcap ${capabilities} /usr/local/bin/node `));
	const bin = temporaryDirectory(t);
	chownSync(bin, USER, USER);
	const node = join(bin, 'node');
	copyFileSync(process.execPath, node);
	assert.deepEqual(await runCommand('setcap', [capabilities, node]), { code: 0, output: '' });
	await traceAndEnd(t, await start(t, [...asUser([]), node]));
});

test('without capabilities it says what it lacks', async (t) => {
	const main = join(installation.directory, 'dist/clients/cli/main.js');
	const serve = startChild(t, 'setpriv', [
		...asUser([]),
		main,
		'serve',
		'--listen=127.0.0.1:0',
		'--state=/nowhere',
	]);
	const { code, stderr } = await serve.ended;
	assert.equal(code, 1);
	assert.match(stderr, /grant CAP_BPF and CAP_PERFMON\n$/);
});
