import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { type AuditOptions, createAudit } from './audit.js';

const log = pino({ level: 'silent' });

function auditOf(t: TestContext, options: AuditOptions = {}) {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-audit-'));
	t.after(() => rmSync(directory, { recursive: true }));
	const target = { kind: 'file', file: join(directory, 'a'), maxBytes: 1e9, keep: 1, sync: false } as const;
	const audit = createAudit({ target, required: true }, log, options);
	t.after(() => audit.close());
	const text = () => readFileSync(target.file, 'utf8');
	const lines = () =>
		text()
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line));
	return { audit, text, lines };
}

test('a line says who did what, from where, by what right, and how it ended', (t) => {
	const { audit, lines } = auditOf(t);
	const before = Date.now();
	audit.write({
		event: 'start',
		principal: 'jwt:https://a#b',
		kind: 'token',
		address: '10.0.0.1:5000',
		method: 'TraceService/StartTrace',
		request: { probes: [{ id: 'file.open' }], lease: { seconds: 60n, nanos: 0 } },
		role: 'operator',
		effectiveFilter: 'process.uid == 7',
		outcome: 'ok',
		traceId: 't1',
	});
	const [{ time, run, ...line }] = lines();
	assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
	assert.ok(Date.parse(time) >= before && Date.parse(time) <= Date.now());
	assert.match(run, /^[\da-f]{8}$/);
	assert.deepEqual(line, {
		sequence: 1,
		event: 'start',
		principal: 'jwt:https://a#b',
		kind: 'token',
		address: '10.0.0.1:5000',
		method: 'TraceService/StartTrace',
		role: 'operator',
		effective_filter: 'process.uid == 7',
		outcome: 'ok',
		trace_id: 't1',
		request: { lease: { nanos: 0, seconds: '60' }, probes: [{ id: 'file.open' }] },
	});
});

test('no text of a caller breaks a line or reverses it, and long requests are cut', (t) => {
	const { audit, text, lines } = auditOf(t);
	const hostile = '"}\n{"event":"start"\r\u2028\u202e\u007f\u009b2J\u200b\ud800\u0000';
	audit.write({ event: 'denied', principal: hostile, request: { [hostile]: hostile }, outcome: 'NOT_OWNER' });
	audit.write({ event: 'update', outcome: 'ok', request: { filter: 'a'.repeat(1e6) } });
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
	assert.doesNotMatch(text(), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/);
	const [first, second, ...none] = lines();
	assert.deepEqual([first.principal, Object.values(first.request), none], [hostile, [hostile], []]);
	assert.equal(second.request, undefined);
	assert.equal(second.request_cut, `{"filter":"${'a'.repeat(4096 - 11)}`);
});

test('a thousand refusals are a few lines and a sum, and nothing is uncounted', (t) => {
	const repetitions = { periodMs: 3_600_000, linesOfAddress: 5, lines: 100, addresses: 10 };
	const { audit, lines } = auditOf(t, { repetitions });
	for (let port = 0; port < 1000; port++) {
		assert.ok(
			audit.write({ event: 'login_failed', address: `10.0.0.1:${port}`, outcome: 'TOKEN_NOT_VALID' }),
		);
	}
	// What succeeds has its line, however often.
	for (let i = 0; i < 50; i++) audit.write({ event: 'stop', address: '10.0.0.1:1', outcome: 'ok' });
	assert.deepEqual(audit.totals(), { lines: 55n, failures: 0n, summed: 995n });
	audit.close();
	const written = lines();
	assert.deepEqual(
		written.map(({ sequence }) => sequence),
		Array.from({ length: 56 }, (_, i) => i + 1),
	);
	const { address, event, outcome, repeated, since } = written[55];
	assert.deepEqual([event, address, outcome, repeated], ['login_failed', '10.0.0.1', 'TOKEN_NOT_VALID', 995]);
	assert.ok(Date.parse(since) >= Date.parse(written[0].time));
});

test('sums are written when their period is over', async (t) => {
	const repetitions = { periodMs: 20, linesOfAddress: 0, lines: 0, addresses: 10 };
	const { audit, text, lines } = auditOf(t, { repetitions });
	audit.write({ event: 'denied', address: 'a', outcome: 'NOT_OWNER' });
	assert.equal(text(), '');
	while (text() === '') await new Promise((resolve) => setTimeout(resolve, 5));
	assert.deepEqual(
		lines().map(({ repeated }) => repeated),
		[1],
	);
});

test('on standard output there is nothing but its lines', () => {
	const module = JSON.stringify(new URL('./audit.js', import.meta.url));
	const script = `
		const { createAudit } = await import(${module});
		const audit = createAudit({ target: { kind: 'stdout' }, required: true }, console);
		for (let i = 0; i < 1000; i++) if (!audit.write({ event: 'stop', outcome: 'ok' })) process.exit(1);`;
	const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
		encoding: 'utf8',
	});
	assert.equal(status, 0);
	assert.deepEqual(
		stdout
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line).sequence),
		Array.from({ length: 1000 }, (_, i) => i + 1),
	);
});

test('standard output that nobody reads any more is a failure', () => {
	const module = JSON.stringify(new URL('./audit.js', import.meta.url));
	const script = `
		const { createAudit } = await import(${module});
		const audit = createAudit({ target: { kind: 'stdout' }, required: true }, { error: (facts) => console.error(facts.cause) });
		await new Promise((resolve) => setTimeout(resolve, 0));
		while (audit.write({ event: 'stop', outcome: 'ok' }));
		console.error(audit.isWritable());`;
	const { stderr } = spawnSync(
		'sh',
		['-c', '"$0" --input-type=module -e "$1" | true', process.execPath, script],
		{ encoding: 'utf8' },
	);
	assert.match(stderr, /^EPIPE: broken pipe, write\nfalse\n$/);
});
