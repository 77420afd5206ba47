import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndReason, TraceState } from '../../clients/typescript/index.js';
import { startChild } from './child.js';
import { startCliTrace, traceIds } from './cli-trace.js';
import { SKIP_IF_EMULATED } from './emulated.js';
import { SONDE, sharedNode } from './node.js';
import { openThreads, threadPaths } from './opens.js';
import { FILE_OPEN } from './requests.js';

test('json is one event a line with all fields, and the accounting goes to standard error', async (t) => {
	const node = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 200 });
	const { cli } = await startCliTrace(node, '--for', '2s', '-o', 'json');
	await opener.run();
	const { code, stdout, stderr } = await cli.ended;
	assert.equal(code, 0, stderr);
	const events = stdout
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line));
	const ours = events.filter(
		({ process, fileOpen }) => process.tgid === opener.pid && /^\/sonde\//.test(fileOpen.path),
	);
	assert.equal(ours.length, 200);
	assert.equal(ours[0].fileOpen.ret, -2);
	assert.equal(ours[0].fileOpen.mode, 0, 'default values are shown');
	assert.equal(ours[0].fileOpen.syscall, 'SYSCALL_OPENAT');
	assert.equal(ours[0].process.uid, 0);
	const accounting = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
	assert.equal(Number(accounting.sent), events.length);
	assert.equal(Number(accounting.lost), 0);
});

test('count prints the totals and the accounting line', { skip: SKIP_IF_EMULATED }, async (t) => {
	const node = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 10_000 });
	const { cli } = await startCliTrace(node, '--for', '2s', '-o', 'count');
	await opener.run();
	const { code, stdout, stderr } = await cli.ended;
	assert.equal(code, 0, stderr);
	const events = Number(/^events=(\d+) /m.exec(stdout)?.[1]);
	assert.ok(events >= 10_000);
	assert.match(stderr, new RegExp(`fired=\\d+ matched=\\d+ sent=${events} lost=0`));
});

test('max-events ends the command after exactly so many events', { skip: SKIP_IF_EMULATED }, async (t) => {
	const node = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 1_000 });
	const { cli, traceId } = await startCliTrace(node, '--max-events', '100', '-o', 'json');
	await opener.run();
	const { code, stdout } = await cli.ended;
	assert.equal(code, 0);
	assert.equal(stdout.trimEnd().split('\n').length, 100);
	assert.equal((await node.client.getTrace({ traceId })).trace?.state, TraceState.ENDED);
});

for (const end of ['SIGINT', 'SIGTERM', 'a closed pipe'] as const) {
	test(`${end} stops the trace on the node before the command ends`, {
		skip: SKIP_IF_EMULATED,
	}, async (t) => {
		const node = await sharedNode();
		const before = await traceIds(node);
		const { cli, traceId } = await startCliTrace(node, '-o', 'json');
		if (end === 'a closed pipe') {
			cli.process.stdout?.destroy();
			// Something to write.
			await (await openThreads(t, { threads: 1, count: 10 })).run();
		} else {
			cli.process.kill(end);
		}
		await cli.ended;
		const { trace } = await node.client.getTrace({ traceId });
		assert.equal(trace?.state, TraceState.ENDED);
		assert.equal(trace?.endReason, EndReason.STOPPED);
		assert.deepEqual(await traceIds(node), [...before, traceId], 'it started no other');
	});
}

test('ps, stop and probes', { skip: SKIP_IF_EMULATED }, async () => {
	const node = await sharedNode();
	const { trace } = await node.client.startTrace(FILE_OPEN);
	const traceId = trace?.traceId ?? '';
	assert.match((await node.cli('ps').ended).stdout, new RegExp(`^${traceId} .*running.*file\\.open`, 'm'));
	const stopped = await node.cli('stop', traceId).ended;
	assert.equal(stopped.code, 0, stopped.stderr);
	assert.equal((await node.client.getTrace({ traceId })).trace?.state, TraceState.ENDED);
	const again = await node.cli('stop', 'f'.repeat(32)).ended;
	assert.equal(again.code, 1);
	assert.equal(again.stderr, `sonde: no trace ${'f'.repeat(32)} on ${node.address}\n`);
	const probes = JSON.parse((await node.cli('probes', '-o', 'json').ended).stdout);
	const { id, available, reason, cost, fields } = probes.find(
		(probe: { id: string }) => probe.id === 'file.open',
	);
	assert.deepEqual(
		{ id, available, reason, cost },
		{ id: 'file.open', available: true, reason: '', cost: 'medium' },
	);
	assert.ok(
		fields.some(({ name, type }: { name: string; type: string }) => name === 'path' && type === 'string'),
	);
});

test('doctor needs no node and says what this kernel allows', async (t) => {
	const { code, stdout } = await startChild(t, SONDE, ['doctor']).ended;
	assert.equal(code, 0, stdout);
	assert.match(stdout, /btf/);
	assert.match(stdout, /tracefs/);
});

test('a detached trace keeps what happens, resume reads it, and leaves it running', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const node = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 500 });
	const started = await node.cli('trace', 'file.open', '--detach', '--lease', '30s', '--budget', 'none')
		.ended;
	assert.equal(started.code, 0, started.stderr);
	const traceId = started.stdout.trim();
	await opener.run();
	const { code, stdout, stderr } = await node.cli('trace', '--resume', traceId, '--for', '1s', '-o', 'json')
		.ended;
	assert.equal(code, 0, stderr);
	const paths = stdout
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line))
		.filter(({ process }) => process.tgid === opener.pid)
		.map(({ fileOpen }) => fileOpen.path)
		.filter((path) => path.startsWith('/sonde/'));
	assert.deepEqual(paths.sort(), threadPaths(1, 500));
	const { trace } = await node.client.getTrace({ traceId });
	assert.equal(trace?.state, TraceState.RUNNING);
	await node.client.stopTrace({ traceId });
	const after = await node.cli(
		'trace',
		'--resume',
		traceId,
		'--after',
		'3',
		'--max-events',
		'2',
		'-o',
		'count',
	).ended;
	assert.match(after.stdout, /^events=2 /);
});

test('cost, update and ps say and change what a trace takes', { skip: SKIP_IF_EMULATED }, async (t) => {
	const node = await sharedNode();
	const opener = await openThreads(t, { threads: 1, count: 20_000 });
	const { trace } = await node.client.startTrace(FILE_OPEN);
	const traceId = trace?.traceId ?? '';
	await opener.run();
	const cost = await node.cli('cost', traceId).ended;
	assert.match(cost.stdout, /^per call {4}[\d.]+ (ns|µs) added to each of \d[\d,]+ hits$/m);
	assert.match(cost.stdout, /^file\.open +\d[\d,]+ +\d/m);
	const update = await node.cli('update', traceId, '--budget', '2%', '--rate', '5000/s', '--sample', '3')
		.ended;
	assert.equal(update.stdout, 'generation 2\n', update.stderr);
	const { trace: updated } = await node.client.getTrace({ traceId });
	assert.equal(updated?.limits?.cpuBudgetPermille, 20);
	assert.equal(updated.limits.eventsPerSecond, 5_000);
	assert.equal(updated.probes[0]?.spec?.sampling?.sampleOneIn, 3);
	const ps = node.cli('ps', '--watch');
	await ps.untilStdout(new RegExp(`${traceId} .*\\d%`));
	ps.process.kill('SIGINT');
	assert.equal((await ps.ended).code, 0);
	await node.client.stopTrace({ traceId });
});

test('options that contradict each other are refused before anything is called', {
	skip: SKIP_IF_EMULATED,
}, async () => {
	const node = await sharedNode();
	for (const [args, message] of [
		[['trace'], "missing required argument 'probe'"],
		[['trace', 'file.open', '--after', '5'], '--after needs --resume'],
		[['trace', 'file.open', '--resume', 'x'], 'leave the probes out'],
		[['trace', '--resume', 'x', '--rate', '5/s'], 'leave --rate out'],
		[['trace', 'file.open', '--budget', '200%'], '0.1% to 100%, or none'],
		[['trace', 'file.open', '--rate', 'fast'], '5000/s, or unlimited'],
		[['trace', 'syscall', '-O', 'calls'], 'Give NAME=VALUE, for example calls=openat,close.'],
		[['trace', '--resume', 'x', '-O', 'calls=close'], 'leave --option out'],
	] as const) {
		const { code, stderr } = await node.cli(...args).ended;
		assert.equal(code, 2, stderr);
		assert.ok(stderr.includes(message), stderr);
	}
});
