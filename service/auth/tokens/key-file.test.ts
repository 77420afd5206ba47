import assert from 'node:assert/strict';
import { EventEmitter, on } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { issuerWith, keySetText, makeKey } from './test-issuer.js';
import { createTokenVerifier } from './tokens.js';

const LOOK_MS = 20;

async function setUp(t: TestContext, file: string) {
	const written = new EventEmitter();
	const lines = on(written, 'line');
	const log = pino({ base: null }, { write: (line) => written.emit('line', JSON.parse(line)) });
	const settings = issuerWith({ keys: { kind: 'file', file } });
	let changes = 0;
	const onChange = () => changes++;
	const verifier = await createTokenVerifier([settings], log, { lookMs: LOOK_MS, onChange });
	// A watched file does not keep a process.
	const alive = setInterval(() => undefined, 1000);
	t.after(() => {
		clearInterval(alive);
		verifier.close();
	});
	/** Resolves with the next line of the log. */
	const logged = async () => (await lines.next()).value[0];
	return { verifier, logged, changes: () => changes };
}

function directoryOf(t: TestContext): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-keys-'));
	t.after(() => rmSync(directory, { recursive: true }));
	return directory;
}

/** As editors do it: never half of it is there. */
function replace(file: string, text: string): void {
	writeFileSync(`${file}.new`, text);
	renameSync(`${file}.new`, file);
}

test('a file that cannot be used at first ends the start, and says why', async (t) => {
	const file = join(directoryOf(t), 'keys.json');
	await assert.rejects(setUp(t, file), {
		message: `cannot use the key file ${file}: ENOENT: no such file or directory, stat '${file}'`,
	});
	writeFileSync(file, '{');
	await assert.rejects(setUp(t, file), { message: `cannot use the key file ${file}: it is not JSON` });
	writeFileSync(file, ' '.repeat(1024 * 1024 + 1));
	await assert.rejects(setUp(t, file), {
		message: `cannot use the key file ${file}: it has 1048577 bytes, must be at most 1048576`,
	});
});

test('a changed file is read again, and tokens of keys that are gone are forgotten', async (t) => {
	const file = join(directoryOf(t), 'keys.json');
	const [one, two] = await Promise.all([makeKey('one'), makeKey('two')]);
	writeFileSync(file, keySetText(one));
	const { verifier, logged, changes } = await setUp(t, file);
	const token = await one.sign();
	await verifier.verify(token);
	replace(file, keySetText(two));
	assert.equal((await logged()).msg, 'keys for tokens have changed');
	assert.equal(changes(), 1);
	await assert.rejects(verifier.verify(token), { reason: 'TOKEN_NOT_VALID' });
	assert.equal((await verifier.verify(await two.sign())).kind, 'token');
});

test('a broken or missing file keeps the old keys and says so', async (t) => {
	const file = join(directoryOf(t), 'keys.json');
	const [one, two] = await Promise.all([makeKey('one'), makeKey('two')]);
	writeFileSync(file, keySetText(one));
	const { verifier, logged } = await setUp(t, file);
	for (const [change, cause] of [
		[() => replace(file, '{"keys": []}'), /it has no key for ES256, RS256/],
		[() => rmSync(file), /ENOENT/],
	] as const) {
		change();
		const line = await logged();
		assert.deepEqual([line.level, line.msg], [50, 'new keys for tokens cannot be used, the old ones stay']);
		assert.match(line.cause, cause);
		assert.equal((await verifier.verify(await one.sign())).kind, 'token');
		const [failure] = await verifier.reload();
		assert.match(failure ?? '', cause);
		assert.equal((await logged()).msg, 'keys for tokens stay as they were');
	}
	replace(file, keySetText(two));
	assert.equal((await logged()).msg, 'keys for tokens have changed');
	await assert.rejects(verifier.verify(await one.sign()), { reason: 'TOKEN_NOT_VALID' });
});

test('reload reads at once', async (t) => {
	const file = join(directoryOf(t), 'keys.json');
	const [one, two] = await Promise.all([makeKey('one'), makeKey('two')]);
	writeFileSync(file, keySetText(one));
	const { verifier } = await setUp(t, file);
	await verifier.verify(await one.sign());
	replace(file, keySetText(one, two));
	assert.deepEqual(await verifier.reload(), []);
	assert.equal((await verifier.verify(await two.sign())).kind, 'token');
});

test('a link two folders above the file that is replaced is a change, as in a volume of Kubernetes', async (t) => {
	const directory = directoryOf(t);
	const [one, two] = await Promise.all([makeKey('one'), makeKey('two')]);
	for (const [name, key] of Object.entries({ one, two })) {
		mkdirSync(join(directory, name));
		writeFileSync(join(directory, name, 'keys.json'), keySetText(key));
	}
	symlinkSync('one', join(directory, 'data'));
	symlinkSync('data/keys.json', join(directory, 'keys.json'));
	const { verifier, logged } = await setUp(t, join(directory, 'keys.json'));
	symlinkSync('two', join(directory, 'next'));
	renameSync(join(directory, 'next'), join(directory, 'data'));
	assert.equal((await logged()).msg, 'keys for tokens have changed');
	assert.equal((await verifier.verify(await two.sign())).kind, 'token');
});
