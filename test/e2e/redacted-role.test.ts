// A role with redactions, over the wire: nothing that a reader gets has what is redacted, no filter of his may ask for it, and an
// update keeps it so.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { toBinary } from '@bufbuild/protobuf';
import { type StreamEventsResponse, StreamEventsResponseSchema } from '../../clients/typescript/index.js';
import type { Hooks } from './child.js';
import { eventsOf, stopAndRead } from './collect.js';
import { failure } from './failure.js';
import { startNode, type TestNode, temporaryDirectory } from './node.js';
import { NO_LIMITS } from './requests.js';

const SECRET = 'sonde-secret';

/** A node whose administrator's identity has a role with these redactions. */
function nodeWith(t: Hooks, redact: readonly string[]): Promise<TestNode> {
	const policy = join(temporaryDirectory(t), 'policy.yaml');
	const role = { rpcs: ['**'], probes: ['*'], redact };
	// JSON is YAML.
	writeFileSync(
		policy,
		JSON.stringify({ roles: { masked: role }, principals: [{ name: 'spiffe://**', roles: ['masked'] }] }),
	);
	return startNode(t, '--policy', policy);
}

/** Opens missing files whose names have the secret, in a process whose arguments have it too; gives its id. */
async function openSecrets(count: number): Promise<number> {
	const script = `i=0; while [ $i -lt ${count} ]; do { true < "/nonexistent/$0/$i"; } 2>/dev/null; i=$((i + 1)); done; exit 0`;
	const child = spawn('/bin/sh', ['-c', script, SECRET], { stdio: 'ignore' });
	await once(child, 'close');
	return child.pid ?? 0;
}

function has(messages: readonly StreamEventsResponse[], text: string): boolean {
	return messages.some((message) =>
		Buffer.from(toBinary(StreamEventsResponseSchema, message)).includes(text),
	);
}

test('neither events nor what is said beside them has what is redacted, also after an update', async (t) => {
	const { client } = await nodeWith(t, ['paths', 'arguments', 'process.comm']);
	const { trace } = await client.startTrace({
		probes: [{ probe: 'file.open', filter: 'ret == -2' }, { probe: 'process.exec' }],
		limits: NO_LIMITS,
		metadata: true,
	});
	const traceId = trace?.traceId ?? '';
	assert.deepEqual(trace?.redactions, ['paths', 'arguments', 'process.comm']);
	const first = await openSecrets(5);
	await client.updateTrace({ traceId, probes: [{ probeIndex: 0, filter: 'ret < 0 && cpu >= 0' }] });
	const second = await openSecrets(5);
	await client.updateTrace({ traceId, filter: 'process.tgid > 0' });
	const third = await openSecrets(5);
	const messages = await stopAndRead(client, traceId);

	const opens = eventsOf(messages, 'fileOpen').filter(({ payload }) => payload.ret === -2);
	const execs = eventsOf(messages, 'processExec');
	for (const pid of [first, second, third]) {
		const isOf = ({ event }: { event: { process?: { tgid: number } } }) => event.process?.tgid === pid;
		assert.ok(opens.filter(isOf).length >= 5);
		assert.equal(execs.filter(isOf).length, 1);
	}
	for (const { event, payload } of [...opens, ...execs]) {
		assert.equal(payload.path, '');
		assert.equal(event.process?.comm, '');
		assert.ok((event.process?.tgid ?? 0) > 0);
	}
	assert.ok(execs.every(({ payload: { args, argsBytes } }) => args.length === 0 && argsBytes === 0));
	const told = messages
		.flatMap(({ records }) => records)
		.flatMap(({ kind }) => (kind.case === 'metadata' ? [kind.value] : []));
	assert.ok([first, second, third].every((pid) => told.some(({ tgid }) => tgid === pid)));
	for (const { executable, arguments: args, ancestors } of told) {
		assert.deepEqual({ executable, args }, { executable: '', args: [] });
		assert.ok(ancestors.every((ancestor) => ancestor.executable === ''));
	}
	assert.ok(!has(messages, SECRET));
});

test('without redactions the same has it all', async (t) => {
	const { client } = await nodeWith(t, []);
	const { trace } = await client.startTrace({
		probes: [{ probe: 'file.open', filter: `path.contains("${SECRET}")` }, { probe: 'process.exec' }],
		limits: NO_LIMITS,
		metadata: true,
	});
	await openSecrets(2);
	assert.ok(has(await stopAndRead(client, trace?.traceId ?? ''), SECRET));
});

test('no filter of the caller asks for what is redacted', async (t) => {
	const { client } = await nodeWith(t, ['file.*.path', 'process.comm']);
	const start = (filter: string, common = '') =>
		client.startTrace({ probes: [{ probe: 'file.open', filter }], filter: common, limits: NO_LIMITS });
	for (const filter of ['path.startsWith("/etc")', 'ret == 0 || path_truncated', 'process.comm == "a"']) {
		const { reason, message } = await failure(start(filter));
		assert.equal(reason, 'INVALID_FILTER');
		assert.match(message, /probes\[0\]\.filter, line 1, column \d+: \S+ is redacted for your role/);
	}
	const common = await failure(start('', 'has(process.comm)'));
	assert.match(common.message, /^.*filter, line 1, column 5: process\.comm is redacted for your role/);
	const { trace } = await start('ret == -2');
	const traceId = trace?.traceId ?? '';
	const update = await failure(
		client.updateTrace({ traceId, probes: [{ probeIndex: 0, filter: 'size(path) > 3' }] }),
	);
	assert.match(update.message, /path is redacted for your role/);
	// What is not redacted may be asked for, also if it is of the same kind.
	await client.updateTrace({ traceId, probes: [{ probeIndex: 0, filter: 'size(full_path) > 3' }] });
	await client.stopTrace({ traceId });
});

test('a policy that redacts what there is not is refused', async (t) => {
	const policy = join(temporaryDirectory(t), 'policy.yaml');
	writeFileSync(policy, 'roles:\n  r: { rpcs: ["**"], redact: [paths, file.open.pat] }\nprincipals: []\n');
	await assert.rejects(
		startNode(t, '--policy', policy),
		/roles\.r\.redact\[1\] is "file\.open\.pat", must be a class .*did you mean file\.open\.path\?/s,
	);
});
