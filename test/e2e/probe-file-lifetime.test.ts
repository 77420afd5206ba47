// The lifetime in file.delete: from the birth of a file, as its file system has it, to the call that removed it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isKernelAtLeast } from '../../service/catalog/kernel-version.js';
import { eventsOf } from './collect.js';
import { sharedNode } from './node.js';
import { watch } from './watch.js';

const NS_PER_MS = 1_000_000n;
/** Times of files go by the kernel's clock tick. */
const TICK_MS = 20n;

/** Why lifetimes are not known here; false if they are. */
async function limitation(): Promise<string | false> {
	const { client } = await sharedNode();
	for await (const { id, limitations } of client.listProbes()) {
		if (id !== 'file.delete') continue;
		if (limitations.length > 0) assert.match(limitations.join(), /^lifetime_ns is not known: ./);
		return limitations[0] ?? false;
	}
	throw new Error('the catalogue has no probe file.delete');
}

test('file.delete says how long a file existed, if it was removed', async (t) => {
	const why = await limitation();
	const directory = mkdtempSync(join(tmpdir(), 'sonde-e2e-'));
	execFileSync('mount', ['-t', 'tmpfs', 'sonde-test', directory]);
	t.after(() => {
		execFileSync('umount', [directory]);
		rmdirSync(directory);
	});
	const [file, folder] = [join(directory, 'file'), join(directory, 'folder')];
	writeFileSync(file, '');
	mkdirSync(folder);
	const [fileBirth, folderBirth] = [file, folder].map((each) => statSync(each, { bigint: true }).birthtimeMs);
	await sleep(300);
	const times: bigint[] = [];
	const messages = await watch([{ probe: 'file.delete' }], async () => {
		assert.throws(() => unlinkSync(join(directory, 'missing')), { code: 'ENOENT' });
		assert.throws(() => unlinkSync(folder), { code: 'EISDIR' });
		times.push(BigInt(Date.now()));
		unlinkSync(file);
		rmdirSync(folder);
		times.push(BigInt(Date.now()));
	});
	const seen = eventsOf(messages, 'fileDelete')
		.filter(({ event }) => event.process?.tgid === process.pid)
		.map(({ payload }) => payload)
		.filter(({ path }) => path.startsWith(directory));
	assert.deepEqual(
		seen.map(({ ret }) => ret < 0),
		[true, true, false, false],
	);
	assert.ok(seen.every(({ lifetimeKnown, lifetimeNs }) => lifetimeKnown || lifetimeNs === 0n));
	assert.ok(!seen[0]?.lifetimeKnown && !seen[1]?.lifetimeKnown);
	const known = seen.slice(2).filter(({ lifetimeKnown }) => lifetimeKnown);
	if (why !== false) assert.equal(known.length, 0);
	if (why !== false) return t.skip(why);
	if (!isKernelAtLeast(release(), 5, 18)) {
		assert.equal(known.length, 0);
		return t.skip('tmpfs keeps no birth times before 5.18');
	}
	assert.equal(known.length, 2);
	const [before = 0n, after = 0n] = times;
	for (const [i, birth] of [fileBirth, folderBirth].entries()) {
		const lifetimeMs = (known[i]?.lifetimeNs ?? 0n) / NS_PER_MS;
		const [least, most] = [before - (birth ?? 0n) - TICK_MS, after - (birth ?? 0n) + TICK_MS];
		assert.ok(lifetimeMs >= least && lifetimeMs <= most, `${least} <= ${lifetimeMs} <= ${most}`);
		assert.ok(lifetimeMs >= 300n - TICK_MS, `${lifetimeMs}`);
	}
});
