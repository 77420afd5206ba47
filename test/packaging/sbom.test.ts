import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { runCommand } from './run-command.js';

test('the bill of materials has every package that runs, and the library of the addon', async () => {
	const { code, output } = await runCommand('./sbom.sh', []);
	assert.equal(code, 0, output);
	const bill = JSON.parse(output);
	assert.equal(bill.bomFormat, 'CycloneDX');
	const names = new Set(bill.components.map(({ name }: { name: string }) => name));
	const { dependencies } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
	for (const name of [...Object.keys(dependencies), 'libbpf']) assert.ok(names.has(name), name);
	const libbpf = bill.components.find(({ name }: { name: string }) => name === 'libbpf');
	assert.match(libbpf.version, /^1\.\d+$/);
	assert.ok(!names.has('typescript'), 'what only builds is left out');
});
