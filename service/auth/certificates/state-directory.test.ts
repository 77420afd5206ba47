import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openStateDirectory, StateDirectoryError } from './state-directory.js';

const NOBODY = 65_534;

function temporaryDirectory(t: TestContext): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-state-'));
	t.after(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

async function refusal(work: Promise<unknown>): Promise<string> {
	try {
		await work;
	} catch (error) {
		assert.ok(error instanceof StateDirectoryError);
		return error.message;
	}
	return 'no error';
}

const modeOf = (path: string) => statSync(path).mode & 0o777;

test('openStateDirectory says what is in the way', async (t) => {
	const file = join(temporaryDirectory(t), 'file');
	writeFileSync(file, '');
	const advice = 'give another one with --state DIR';
	assert.equal(
		await refusal(openStateDirectory(file)),
		`cannot write to the state directory ${file}: not a directory; ${advice}`,
	);
	assert.equal(
		await refusal(openStateDirectory(join(file, 'state'))),
		`cannot write to the state directory ${file}/state: not a directory; ${advice}`,
	);
});

test('openStateDirectory says that it may not write', { skip: process.geteuid?.() !== 0 }, async (t) => {
	const path = join(temporaryDirectory(t), 'state');
	process.seteuid?.(NOBODY);
	const message = await refusal(openStateDirectory(path)).finally(() => process.seteuid?.(0));
	assert.equal(
		message,
		`cannot write to the state directory ${path}: permission denied; ` +
			'run as root or give another one with --state DIR',
	);
});

test("openStateDirectory refuses another user's directory", {
	skip: process.geteuid?.() !== 0,
}, async (t) => {
	const path = temporaryDirectory(t);
	chownSync(path, NOBODY, NOBODY);
	assert.equal(
		await refusal(openStateDirectory(path)),
		`${path} belongs to user 65534, who could replace the keys in it; ` +
			'give it to user 0 with chown, or give another one with --state DIR',
	);
});

test('openStateDirectory closes no directory that holds something else', async (t) => {
	const path = temporaryDirectory(t);
	chmodSync(path, 0o755);
	writeFileSync(join(path, 'other'), '');
	assert.equal(
		await refusal(openStateDirectory(path)),
		`${path} is open to other users and holds other files; give an empty directory with --state DIR`,
	);
	assert.equal(modeOf(path), 0o755);
});

test('openStateDirectory closes its own directory to others', async (t) => {
	const path = temporaryDirectory(t);
	chmodSync(path, 0o755);
	const state = await openStateDirectory(`${path}/`);
	assert.equal(modeOf(path), 0o700);
	await state.write('node-id', 'x');
	chmodSync(path, 0o750);
	chmodSync(join(path, 'node-id'), 0o644);
	assert.equal(await (await openStateDirectory(path)).read('node-id'), 'x');
	assert.deepEqual([modeOf(path), modeOf(join(path, 'node-id'))], [0o700, 0o600]);
});

test('write replaces a file as a whole, in private folders', async (t) => {
	const state = await openStateDirectory(join(temporaryDirectory(t), 'a', 'b'));
	assert.equal(await state.read('server/key.pem'), undefined);
	mkdirSync(state.resolve('server'), { mode: 0o755 });
	// What a crash leaves behind.
	writeFileSync(state.resolve('server/key.pem.tmp'), 'half', { mode: 0o644 });
	await state.write('server/key.pem', 'one');
	await state.write('server/key.pem', 'two');
	assert.equal(await state.read('server/key.pem'), 'two');
	assert.deepEqual(
		['', 'server', 'server/key.pem'].map((file) => modeOf(state.resolve(file))),
		[0o700, 0o700, 0o600],
	);
});
