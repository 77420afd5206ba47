import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { watchFiles } from './watch-files.js';

const EVERY_MS = 10;

test('watchFiles sees every way to change a file, and nothing after it was stopped', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'sonde-watch-'));
	t.after(() => rmSync(folder, { recursive: true }));
	const [file, other, link] = ['file', 'other', 'link'].map((name) => join(folder, name));
	assert.ok(file && other && link);
	writeFileSync(file, 'one');
	let onChange = () => {};
	let changes = 0;
	const unwatch = watchFiles(
		[file, link],
		() => {
			changes += 1;
			onChange();
		},
		EVERY_MS,
	);
	t.after(unwatch);
	const keepAlive = setInterval(() => {}, 1_000);
	t.after(() => clearInterval(keepAlive));
	// It does not know what was before its first look.
	await new Promise((resolve) => setTimeout(resolve, 5 * EVERY_MS));
	const ways: [string, () => void][] = [
		['written over', () => writeFileSync(file, 'two')],
		[
			'another in its place, of the same size and time',
			() => {
				writeFileSync(other, 'six');
				utimesSync(file, 1, 1);
				utimesSync(other, 1, 1);
				renameSync(other, file);
			},
		],
		['removed', () => rmSync(file)],
		['made anew', () => writeFileSync(file, 'six')],
		['made readable', () => chmodSync(file, 0o600)],
		['a link to another', () => symlinkSync(file, link)],
	];
	for (const [, change] of ways) {
		const seen = new Promise<void>((resolve) => {
			onChange = resolve;
		});
		change();
		await seen;
	}
	assert.equal(changes, ways.length);
	unwatch();
	writeFileSync(file, 'seven');
	await new Promise((resolve) => setTimeout(resolve, 5 * EVERY_MS));
	assert.equal(changes, ways.length);
});
