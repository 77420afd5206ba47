import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TraceProbe } from '../../clients/typescript/index.js';
import { endedOf, eventsOf, stopAndRead, violations } from './collect.js';
import { SKIP_IF_EMULATED } from './emulated.js';
import { failure } from './failure.js';
import { callScript } from './file-calls.js';
import { sharedNode } from './node.js';
import { NO_LIMITS } from './requests.js';
import { unavailable } from './watch.js';

/** Fail with EBADF, each with a descriptor of its own. */
const CALLS = [
	['close', 99],
	['fsync', 98],
	['fstat', 97, 0],
] as const;

const optionsOf = (...calls: string[]) => ({ case: 'syscallError' as const, value: { calls } });
const callsOf = ({ spec }: TraceProbe) =>
	spec?.options.case === 'syscallError' ? spec.options.value.calls : undefined;

test('options choose what a use of a probe does, and stay when its filter is replaced', async (t) => {
	const reason = await unavailable('syscall.error');
	if (reason !== false) return t.skip(reason);
	const { client } = await sharedNode();
	const first = await callScript(t, CALLS);
	const second = await callScript(t, CALLS);
	const filter = `process.tgid in [${first.pid}, ${second.pid}]`;
	const { trace } = await client.startTrace({
		probes: [
			{ probe: 'syscall.error', filter, options: optionsOf('close', 'fsync') },
			{ probe: 'syscall.error', filter, options: optionsOf('fstat') },
			{ probe: 'syscall.error', filter },
		],
		limits: NO_LIMITS,
	});
	const traceId = trace?.traceId ?? '';
	const given = [['close', 'fsync'], ['fstat'], undefined];
	assert.deepEqual(trace?.probes.map(callsOf), given);
	await first.run();
	const narrower = `${filter} && name != "fsync"`;
	const updated = await client.updateTrace({
		traceId,
		probes: [0, 1, 2].map((probeIndex) => ({ probeIndex, filter: narrower })),
	});
	assert.deepEqual(updated.trace?.probes.map(callsOf), given);
	await second.run();
	const messages = await stopAndRead(client, traceId);
	const { accounting } = endedOf(messages);
	assert.ok(accounting !== undefined);
	assert.deepEqual(violations(accounting, true), []);
	const descriptors = new Set(CALLS.map(([, fd]) => BigInt(fd)));
	const seen = (pid: number) =>
		[0, 1, 2].map((index) =>
			eventsOf(messages, 'syscallError')
				.filter(({ event }) => event.process?.tgid === pid && event.probeIndex === index)
				.filter(({ payload }) => descriptors.has(payload.arg0))
				.map(({ payload }) => payload.name),
		);
	assert.deepEqual(seen(first.pid), [['close', 'fsync'], ['fstat'], ['close', 'fsync', 'fstat']]);
	assert.deepEqual(seen(second.pid), [['close'], ['fstat'], ['close', 'fstat']]);
});

test('a request with other options is another request', { skip: SKIP_IF_EMULATED }, async (t) => {
	const reason = await unavailable('syscall.error');
	if (reason !== false) return t.skip(reason);
	const { client } = await sharedNode();
	const request = (...calls: string[]) => ({
		requestId: 'probe-options',
		probes: [{ probe: 'syscall.error', options: optionsOf(...calls) }],
	});
	const { trace } = await client.startTrace(request('close'));
	const traceId = trace?.traceId ?? '';
	assert.equal((await client.startTrace(request('close'))).trace?.traceId, traceId);
	assert.equal((await failure(client.startTrace(request('fsync')))).reason, 'REQUEST_ID_REUSED');
	await client.stopTrace({ traceId });
});

test('the catalogue lists options, also for people', { skip: SKIP_IF_EMULATED }, async () => {
	const node = await sharedNode();
	const options = new Map<string, string[]>();
	for await (const probe of node.client.listProbes())
		options.set(
			probe.id,
			probe.options.map(({ name, type, unit }) => `${name}: ${type} (${unit})`),
		);
	assert.deepEqual(options.get('syscall'), ['calls: repeated string (system call)']);
	assert.deepEqual(options.get('signal.send'), []);
	const { stdout } = await node.cli('probes', 'syscall').ended;
	assert.match(
		stdout,
		/\noptions \(-O NAME=VALUE\):\n {2}OPTION +TYPE +UNIT +DESCRIPTION\n {2}calls .*Names of/,
	);
	const { stdout: without } = await node.cli('probes', 'signal.send').ended;
	assert.doesNotMatch(without, /OPTION/);
});

test('sonde trace gives options to the probes that have them', { skip: SKIP_IF_EMULATED }, async (t) => {
	const reason = await unavailable('syscall.error');
	if (reason !== false) return t.skip(reason);
	const node = await sharedNode();
	const cli = node.cli(
		...['trace', 'syscall.error', 'signal.send', '-O', 'calls=close,fsync', '-O', 'calls=fstat'],
		...['--filter', 'process.tgid == 0', '--detach'],
	);
	const { stdout, stderr } = await cli.ended;
	const traceId = stdout.trim();
	assert.equal(stderr, '');
	const { trace } = await node.client.getTrace({ traceId });
	assert.deepEqual(trace?.probes.map(callsOf), [['close', 'fsync', 'fstat'], undefined]);
	await node.client.stopTrace({ traceId });
	for (const [args, message] of [
		[['syscall', '-O', 'cals=close'], 'sonde: no option cals of syscall; there are: calls\n'],
		[['signal.send', '-O', 'calls=close'], 'sonde: no option calls of signal.send; there are none\n'],
		[
			['syscall', '-O', 'calls=opneat'],
			'probes[0].options.calls[0] is "opneat", must be the name of a system call of x86-64; did you mean "openat"?\n',
		],
	] as const) {
		const ended = await node.cli('trace', ...args, '--for', '1s').ended;
		assert.equal(ended.code, 1);
		assert.ok(ended.stderr.includes(message), ended.stderr);
	}
});
