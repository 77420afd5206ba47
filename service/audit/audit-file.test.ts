import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	unlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { createAudit } from './audit.js';
import type { AuditEntry } from './audit-entry.js';

const NOBODY = 65_534;
const asRoot = process.geteuid?.() === 0 ? false : 'not root';
const start: AuditEntry = {
	event: 'start',
	principal: 'x509:CN=a',
	outcome: 'ok',
	request: { probes: [{ id: 'file.open' }] },
};

function directoryOf(t: TestContext): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-audit-'));
	t.after(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

function auditIn(t: TestContext, directory: string, { maxBytes = 1e9, keep = 8, required = true } = {}) {
	const file = join(directory, 'audit.log');
	const lines: { readonly msg: string; readonly [field: string]: unknown }[] = [];
	const log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) });
	const target = { kind: 'file', file, maxBytes, keep, sync: true } as const;
	const audit = createAudit({ target, required }, log);
	t.after(() => audit.close());
	return { audit, file, lines };
}

/** Every line, parsed; from these files, in this order. */
function linesOf(...files: readonly string[]) {
	const text = files.map((file) => readFileSync(file, 'utf8')).join('');
	assert.ok(text === '' || text.endsWith('\n'));
	return text
		.split('\n')
		.slice(0, -1)
		.map((line) => JSON.parse(line));
}

/** A directory that is a file system of this size of its own. */
function mountOf(t: TestContext, size: string): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-audit-'));
	execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'sonde-test', directory]);
	t.after(() => {
		execFileSync('umount', ['-l', directory]);
		rmSync(directory, { recursive: true });
	});
	return directory;
}

test('files put aside have every line, whole and in order, and no more than are kept stay', (t) => {
	const directory = directoryOf(t);
	const maxBytes = 65_536;
	const { audit, file } = auditIn(t, directory, { maxBytes, keep: 30 });
	// Small ones, and some that are cut, with characters of more than one byte.
	const stop: AuditEntry = {
		event: 'stop',
		principal: 'x509:CN=Zoë',
		outcome: 'ok',
		request: { reason: 'ß'.repeat(3000) },
	};
	const count = 1000;
	for (let i = 0; i < count; i++) assert.ok(audit.write(i % 3 === 0 ? stop : start));
	const aside = readdirSync(directory).length - 1;
	assert.ok(aside > 20 && aside < 30, `${aside} files`);
	const names = Array.from({ length: aside }, (_, i) => `${file}.${aside - i}`);
	const lines = linesOf(...names, file);
	assert.deepEqual(
		lines.map(({ sequence }) => sequence),
		Array.from({ length: count }, (_, i) => i + 1),
	);
	assert.equal(new Set(lines.map(({ run }) => run)).size, 1);
	for (const name of [...names, file]) {
		const { size, mode } = statSync(name);
		assert.ok((size <= maxBytes && size > maxBytes - 6000) || name === file, `${name} has ${size} bytes`);
		assert.equal(mode & 0o777, 0o600);
	}

	const { audit: few } = auditIn(t, directoryOf(t), { maxBytes, keep: 2 });
	for (let i = 0; i < count; i++) few.write(stop);
	assert.deepEqual(few.totals(), { lines: BigInt(count), failures: 0n, summed: 0n });
});

test('at most as many files stay as are kept', (t) => {
	const directory = directoryOf(t);
	const { audit } = auditIn(t, directory, { maxBytes: 1000, keep: 2 });
	for (let i = 0; i < 100; i++) assert.ok(audit.write(start));
	assert.deepEqual(readdirSync(directory).sort(), ['audit.log', 'audit.log.1', 'audit.log.2']);
});

test('a full file system refuses, leaves no half line, and it works again when there is room', {
	skip: asRoot,
}, (t) => {
	const directory = mountOf(t, '64k');
	const { audit, file, lines } = auditIn(t, directory);
	let written = 0;
	while (audit.write(start)) written++;
	assert.ok(written > 100, `${written} lines`);
	assert.equal(audit.isWritable(), false);
	assert.throws(() => audit.requireWritable(), {
		reason: 'AUDIT_UNAVAILABLE',
		message: 'the audit cannot be written, so nothing is started or changed; the node’s log says why',
	});
	assert.equal(audit.write(start), false);
	assert.equal(linesOf(file).length, written);
	assert.deepEqual(audit.totals(), { lines: BigInt(written), failures: 2n, summed: 0n });
	// Once for all of them.
	assert.deepEqual(
		lines.map(({ msg }) => msg),
		['audit lines cannot be written'],
	);
	assert.match(String(lines[0]?.cause), /^ENOSPC/);

	execFileSync('mount', ['-o', 'remount,size=256k', directory]);
	audit.requireWritable();
	assert.ok(audit.write({ ...start, traceId: 'after' }));
	const [lost, after] = linesOf(file).slice(written);
	assert.deepEqual([lost.event, lost.repeated, lost.sequence], ['lost', 2, written + 3]);
	assert.deepEqual([after.trace_id, after.sequence], ['after', written + 4]);
});

test('without being required it goes on, and counts what is lost', { skip: asRoot }, (t) => {
	const { audit, file } = auditIn(t, mountOf(t, '8k'), { required: false });
	for (let i = 0; i < 200; i++) assert.ok(audit.write(start));
	audit.requireWritable();
	const { lines, failures } = audit.totals();
	assert.ok(failures > 100n);
	assert.deepEqual([lines + failures, linesOf(file).length], [200n, Number(lines)]);
});

test('a directory that may not be written to keeps the present file growing', { skip: asRoot }, (t) => {
	const directory = directoryOf(t);
	const { audit, file, lines } = auditIn(t, directory, { maxBytes: 1000 });
	chmodSync(directory, 0o755);
	process.seteuid?.(NOBODY);
	try {
		for (let i = 0; i < 20; i++) assert.ok(audit.write(start));
		assert.throws(() => audit.reload(), { code: 'EACCES' });
		assert.ok(audit.write(start));
	} finally {
		process.seteuid?.(0);
	}
	assert.deepEqual(readdirSync(directory), ['audit.log']);
	assert.equal(linesOf(file).length, 21);
	assert.deepEqual(
		lines.map(({ msg }) => msg),
		['the audit file cannot be put aside and grows on'],
	);
});

test('a file that cannot be opened ends the start if it is required, and is opened later if not', {
	skip: asRoot,
}, (t) => {
	const directory = directoryOf(t);
	const missing = join(directory, 'later');
	assert.throws(() => auditIn(t, missing), { message: /^cannot open the audit: ENOENT: / });
	symlinkSync('elsewhere', join(directory, 'audit.log'));
	assert.throws(() => auditIn(t, directory), { message: /^cannot open the audit: ELOOP: / });
	const { audit, file } = auditIn(t, missing, { required: false });
	assert.ok(audit.write(start));
	assert.equal(audit.isWritable(), false);
	execFileSync('mkdir', [missing]);
	assert.equal(audit.isWritable(), true);
	assert.ok(audit.write(start));
	assert.deepEqual(
		linesOf(file).map(({ event, sequence }) => [event, sequence]),
		[
			['lost', 2],
			['start', 3],
		],
	);
});

test('after logrotate has renamed the file, reload goes on in a new one', (t) => {
	const { audit, file } = auditIn(t, directoryOf(t));
	audit.write(start);
	renameSync(file, `${file}-20300101`);
	audit.write(start);
	assert.ok(!existsSync(file));
	audit.reload();
	audit.write(start);
	assert.deepEqual(
		linesOf(`${file}-20300101`, file).map(({ sequence }) => sequence),
		[1, 2, 3],
	);
	assert.equal(linesOf(file).length, 1);
});

test('a file that is deleted or cut by others goes on', (t) => {
	const { audit, file, lines } = auditIn(t, directoryOf(t));
	audit.write(start);
	truncateSync(file);
	audit.write(start);
	assert.deepEqual(
		linesOf(file).map(({ sequence }) => sequence),
		[2],
	);
	unlinkSync(file);
	audit.write(start);
	assert.deepEqual(
		linesOf(file).map(({ sequence }) => sequence),
		[3],
	);
	assert.deepEqual(
		lines.map(({ msg }) => msg),
		['the audit file was deleted; a new one is there'],
	);
});

test('a file of an earlier run is continued, closed to others, and a torn line ended', (t) => {
	const directory = directoryOf(t);
	const file = join(directory, 'audit.log');
	writeFileSync(file, '{"time":"torn', { mode: 0o644 });
	auditIn(t, directory).audit.write(start);
	assert.equal(statSync(file).mode & 0o777, 0o600);
	auditIn(t, directory).audit.write(start);
	const [torn, ...others] = readFileSync(file, 'utf8').trimEnd().split('\n');
	assert.equal(torn, '{"time":"torn');
	const [first, second] = others.map((line) => JSON.parse(line));
	assert.deepEqual([first.sequence, second.sequence, others.length], [1, 1, 2]);
	assert.notEqual(first.run, second.run);
});
