import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { GuardConfig } from './guard-config.js';
import { keepGuard } from './keep-guard.js';

/** A configuration that lists one executable, and what a guard would have been given. */
function kept(t: TestContext, onReload: (file: string) => void = () => {}) {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-guard-'));
	const [configFile, listed, upgrade] = ['sonde.yaml', 'listed', 'upgrade'].map((name) =>
		join(directory, name),
	);
	assert.ok(configFile !== undefined && listed !== undefined && upgrade !== undefined);
	for (const file of [listed, upgrade]) copyFileSync('/bin/true', file);
	writeFileSync(configFile, `guard: {mode: audit, allow: [${listed}]}`);
	const config: GuardConfig = { mode: 'audit', allow: [listed], required: false };
	const reloads: GuardConfig[] = [];
	const said: string[] = [];
	const guard = {
		reload(next: GuardConfig) {
			reloads.push(next);
			onReload(configFile);
		},
	};
	const log = pino({ base: null }, { write: (line: string) => void said.push(line) });
	const end = keepGuard({ guard, configFile, config, log });
	t.after(() => {
		end();
		rmSync(directory, { recursive: true });
	});
	return { configFile, listed, upgrade, config, reloads, said };
}

async function until(isSo: () => boolean): Promise<void> {
	for (let i = 0; i < 600 && !isSo(); i++) await sleep(50);
	assert.ok(isSo());
}

test('keepGuard takes an upgrade of a listed executable, once', async (t) => {
	const { listed, upgrade, config, reloads } = kept(t);
	renameSync(upgrade, listed);
	await until(() => reloads.length > 0);
	await sleep(1_500);
	assert.deepEqual(reloads, [config]);
});

test('keepGuard says what cannot be taken, and takes what comes then', async (t) => {
	const { configFile, listed, config, reloads, said } = kept(t);
	chmodSync(listed, 0o644);
	await until(() => said.length > 0);
	assert.match(said[0] ?? '', /must be an executable file","msg":"the guard stays as it is"/);
	assert.deepEqual(reloads, []);
	chmodSync(listed, 0o755);
	await until(() => reloads.length === 1);
	writeFileSync(configFile, 'guard: {mode: enforce}');
	await until(() => reloads.length === 2);
	assert.deepEqual(reloads, [config, { mode: 'enforce', allow: [], required: false }]);
	assert.equal(said.length, 1);
});

test('keepGuard misses no change while it takes another', async (t) => {
	const { configFile, reloads } = kept(t, (file) =>
		writeFileSync(file, 'guard: {mode: enforce, required: true}'),
	);
	writeFileSync(configFile, 'guard: {mode: enforce}');
	await until(() => reloads.at(-1)?.required === true);
	assert.equal(reloads[0]?.required, false);
});
