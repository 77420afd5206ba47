import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { SONDE, temporaryDirectory } from '../e2e/node.js';
import { runCommand } from './run-command.js';

const UNIT = join(PACKAGE_ROOT, 'sonde.service');
/** Of systemd-analyze security, in tenths: 10 is the worst. It counts that a node listens, and lets V8 make code. */
const MOST_EXPOSURE = 20;

test('hadolint finds nothing in the Dockerfile', async () => {
	const hadolint = process.env.HADOLINT ?? 'hadolint';
	assert.deepEqual(await runCommand(hadolint, ['Dockerfile']), { code: 0, output: '' });
});

test('systemd takes the unit as it is', async (t) => {
	const unit = join(temporaryDirectory(t), 'sonde.service');
	// The program must exist.
	const text = readFileSync(UNIT, 'utf8').replace('/opt/sonde/dist/clients/cli/main.js', SONDE);
	assert.ok(text.includes(`ExecStart=${SONDE} serve`));
	writeFileSync(unit, text);
	assert.deepEqual(await runCommand('systemd-analyze', ['verify', unit]), { code: 0, output: '' });
});

test('the unit is hardened', async () => {
	const { code, output } = await runCommand('systemd-analyze', [
		'security',
		'--offline=true',
		'--no-pager',
		`--threshold=${MOST_EXPOSURE}`,
		UNIT,
	]);
	assert.equal(code, 0, output);
	assert.match(output, /Overall exposure level for sonde\.service: /);
});
