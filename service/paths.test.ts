import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPackageRoot, PACKAGE_ROOT } from './paths.js';

test('findPackageRoot says what it looked for when there is no such package', () => {
	assert.throws(() => findPackageRoot('/dev', 'sonde'), {
		message: 'no package.json of "sonde" in /dev or above; install the package whole',
	});
});

test('findPackageRoot passes over packages of other names', (t) => {
	const root = mkdtempSync(join(tmpdir(), 'sonde-paths-'));
	t.after(() => rmSync(root, { recursive: true }));
	const inner = join(root, 'dist', 'service');
	mkdirSync(inner, { recursive: true });
	writeFileSync(join(root, 'package.json'), '{"name":"wanted"}');
	writeFileSync(join(root, 'dist', 'package.json'), '{"type":"module"}');
	assert.equal(findPackageRoot(inner, 'wanted'), root);
});

test('PACKAGE_ROOT is the root of this package', () => {
	assert.equal(findPackageRoot(PACKAGE_ROOT, 'sonde'), PACKAGE_ROOT);
});
