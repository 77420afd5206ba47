import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connect, type SondeClient } from '../../clients/typescript/index.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Child, type Hooks, startChild } from './child.js';

/** The command that users run. */
export const SONDE = join(PACKAGE_ROOT, 'dist/clients/cli/main.js');

/** A real node, in a process of its own. */
export interface TestNode {
	readonly process: Child;
	/** host:port */
	readonly address: string;
	/** Directory of the administrator's identity. */
	readonly identity: string;
	/** The administrator's client. */
	readonly client: SondeClient;
	/** Runs a command of the CLI against it. */
	cli(...args: string[]): Child;
}

/** Starts a node on a free port of loopback, with more arguments; it ends with the test. */
export async function startNode(t: Hooks, ...args: string[]): Promise<TestNode> {
	const stateDir = temporaryDirectory(t);
	const serve = startChild(t, SONDE, ['serve', '--listen', '127.0.0.1:0', '--state', stateDir, ...args]);
	return nodeOf(t, serve, stateDir);
}

/** The node that a process becomes. */
export async function nodeOf(t: Hooks, serve: Child, stateDir: string): Promise<TestNode> {
	const [, port] = await serve.untilStderr(/"port":(\d+)/);
	const address = `127.0.0.1:${port}`;
	const identity = join(stateDir, 'identities/admin');
	const client = connect({ address, identity });
	t.after(() => client.close());
	return {
		process: serve,
		address,
		identity,
		client,
		cli: (...args) => startChild(t, SONDE, [...args, '--node', address, '--identity', identity]),
	};
}

/** What ends the node that tests share. */
const sharedHooks: (() => unknown)[] = [];
let shared: Promise<TestNode> | undefined;
after(async () => {
	for (const hook of sharedHooks.reverse()) await hook();
});

/**
 * One node for all tests of this process that do not need one for themselves, started with the first: in an emulated
 * machine a start takes ten seconds.
 */
export function sharedNode(): Promise<TestNode> {
	shared ??= startNode({ after: (hook) => sharedHooks.push(hook) });
	return shared;
}

/** A directory that goes with the test. */
export function temporaryDirectory(t: Hooks): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-e2e-'));
	t.after(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

/** Those of these programs that the kernel still has. */
export async function loadedPrograms(ids: readonly number[]): Promise<number[]> {
	const { stdout } = await promisify(execFile)('bpftool', ['--json', 'prog', 'list'], { maxBuffer: 1 << 26 });
	const programs: { id: number }[] = JSON.parse(stdout);
	const loaded = new Set(programs.map(({ id }) => id));
	return ids.filter((id) => loaded.has(id));
}

/** Resolves when the kernel has none of these programs; it may let go of one a moment after its process has ended. */
export async function untilUnloaded(ids: readonly number[]): Promise<void> {
	const deadline = Date.now() + 10_000;
	for (;;) {
		const loaded = await loadedPrograms(ids);
		if (loaded.length === 0) return;
		if (Date.now() > deadline) throw new Error(`programs ${loaded.join()} are still loaded`);
		await sleep(50);
	}
}
