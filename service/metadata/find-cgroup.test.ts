import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findCgroup } from './find-cgroup.js';

test('findCgroup finds a group by the number of its directory', (t) => {
	const root = mkdtempSync(join(tmpdir(), 'sonde-groups-'));
	t.after(() => rmSync(root, { recursive: true }));
	const groups = ['/', '/a', '/a/b.slice', '/a/b.slice/c', '/d'];
	for (const group of groups) mkdirSync(join(root, group), { recursive: true });
	const ids = groups.map((group) => statSync(join(root, group), { bigint: true }).ino);
	assert.deepEqual(
		ids.map((id) => findCgroup(root, id)),
		groups,
	);
	assert.equal(findCgroup(root, 2n ** 63n), '');
	assert.equal(findCgroup(join(root, 'gone'), ids[0] ?? 0n), '');
});
