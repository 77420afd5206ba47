import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { createReloader } from './reloader.js';

test('every step is done when a file changes and at SIGHUP, whatever becomes of the others', async (t) => {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-reload-'));
	t.after(() => rmSync(directory, { recursive: true }));
	const file = join(directory, 'file');
	writeFileSync(file, 'one');
	// Looking at files keeps no process alive.
	const alive = setInterval(() => {}, 1_000);
	t.after(() => clearInterval(alive));
	const said: string[] = [];
	let onSaid = () => {};
	const say = (text: string) => {
		said.push(text);
		onSaid();
	};
	const until = (count: number) =>
		new Promise<void>((resolve) => {
			onSaid = () => said.length >= count && resolve();
			onSaid();
		});
	let hasChanged = false;
	const reloader = createReloader({
		steps: {
			async broken() {
				throw new Error('it is broken');
			},
			async whole() {
				say('read');
				return hasChanged;
			},
		},
		files: [file],
		afterwards: async () => say('afterwards'),
		onReload: (what, outcome) => say(`${what} ${outcome}`),
		log: pino({ level: 'silent' }),
	});
	t.after(() => reloader.close());
	// What has changed since it was read is seen at once.
	await until(2);
	assert.deepEqual(said, ['broken failed', 'read']);
	hasChanged = true;
	process.kill(process.pid, 'SIGHUP');
	await until(6);
	assert.deepEqual(said.slice(2), ['broken failed', 'read', 'whole ok', 'afterwards']);
	writeFileSync(file, 'another');
	await until(10);
	assert.deepEqual(said.slice(6), ['broken failed', 'read', 'whole ok', 'afterwards']);
});
