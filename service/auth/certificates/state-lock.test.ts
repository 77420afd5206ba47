import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openStateDirectory, type StateDirectory, StateDirectoryError } from './state-directory.js';
import { withLock } from './state-lock.js';

function openTemporary(t: TestContext): Promise<StateDirectory> {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-lock-'));
	t.after(() => rmSync(directory, { recursive: true }));
	return openStateDirectory(directory);
}

test('withLock says who is in the way, and gets the lock of a process that was killed', async (t) => {
	const state = await openTemporary(t);
	const modules = ['state-directory', 'state-lock'].map(
		(name) => new URL(`${name}.js`, import.meta.url).href,
	);
	const holder = spawn(process.execPath, [
		...['--input-type=module', '--eval'],
		`const { openStateDirectory } = await import('${modules[0]}');
		const { withLock } = await import('${modules[1]}');
		await withLock(await openStateDirectory('${state.path}'), () => new Promise((resolve) => {
			// Else nothing could end the work, and the garbage collector would close the file.
			globalThis.endWork = resolve;
			console.log('locked');
			setInterval(() => {}, 1_000);
		}));`,
	]);
	t.after(() => holder.kill('SIGKILL'));
	await once(holder.stdout, 'data');
	await assert.rejects(
		withLock(state, async () => assert.fail('two have the lock'), 50),
		new StateDirectoryError(
			`${state.path}/lock has been locked by another process for 0.05 s; end it, or try again`,
		),
	);
	const waiting = withLock(state, async () => 'ours');
	holder.kill('SIGKILL');
	assert.equal(await waiting, 'ours');
});

test('withLock lets one after the other work, also after a failure', async (t) => {
	const state = await openTemporary(t);
	let inside = 0;
	let done = 0;
	const work = async () => {
		inside += 1;
		assert.equal(inside, 1);
		await new Promise((resolve) => setTimeout(resolve, 1));
		inside -= 1;
		done += 1;
	};
	await assert.rejects(
		withLock(state, () => Promise.reject(new Error('failed'))),
		{ message: 'failed' },
	);
	await Promise.all(Array.from({ length: 10 }, () => withLock(state, work)));
	assert.equal(done, 10);
});
