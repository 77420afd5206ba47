import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startChild } from '../e2e/child.js';
import { SKIP_IF_EMULATED } from '../e2e/emulated.js';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));

// The whole of it in short; what only shows over a long time is for npm run soak.
test('a short soak finds nothing', { skip: SKIP_IF_EMULATED }, async (t) => {
	const soak = startChild(t, process.execPath, [MAIN, '--seconds', '5', '--seed', '4']);
	const { code, stdout, stderr } = await soak.ended;
	assert.equal(code, 0, `${stdout}${stderr}`);
});

test('a soak that is interrupted ends all that it started', { skip: SKIP_IF_EMULATED }, async (t) => {
	const soak = startChild(t, process.execPath, [MAIN, '--seconds', '60', '--seed', '3']);
	const [, pid = ''] = await soak.untilStdout(/^node (\d+)$/m);
	soak.process.kill('SIGINT');
	const { code, stdout } = await soak.ended;
	assert.equal(code, 130, stdout);
	assert.throws(() => process.kill(Number(pid), 0), { code: 'ESRCH' });
});
