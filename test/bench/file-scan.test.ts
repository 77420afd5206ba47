import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { scanFile } from './file-scan.js';

test('scanFile counts hits within and across chunks', async (t) => {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-test-'));
	t.after(() => rmSync(directory, { recursive: true }));
	const path = join(directory, 'lines');
	// The second hit begins three bytes before the end of the first mebibyte.
	const text = `needle\n${'x'.repeat(1024 * 1024 - 10)}needle\nneedl\ne needle needle`;
	writeFileSync(path, text);
	assert.deepEqual(await scanFile(path, 'needle'), { bytes: text.length, lines: 3, hits: 4 });
	await assert.rejects(scanFile(join(directory, 'absent'), 'needle'), { code: 'ENOENT' });
});
