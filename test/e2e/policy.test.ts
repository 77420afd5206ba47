// What roles bound, what happens when access ends, and what the audit says of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Code, connect, EndReason, type SondeClient, SondeError } from '../../clients/typescript/index.js';
import { AUDIENCE, ISSUER, keySetText, makeKey } from '../../service/auth/tokens/test-issuer.js';
import { startChild } from './child.js';
import { clientAs, stateOf } from './client-as.js';
import { SKIP_IF_EMULATED } from './emulated.js';
import { SONDE, startNode, type TestNode, temporaryDirectory } from './node.js';

const EXITS = { probes: [{ probe: 'process.exit', filter: 'process.tgid == 1' }] };

interface World {
	readonly node: TestNode;
	readonly policyFile: string;
	/** A client whose SPIFFE id is spiffe://example.org/NAME. */
	as(name: string): Promise<SondeClient>;
	audit(): Record<string, unknown>[];
}

/** A node with this policy. */
async function startWorld(t: TestContext, policy: string, config = ''): Promise<World> {
	const directory = temporaryDirectory(t);
	const policyFile = join(directory, 'policy.yaml');
	const configFile = join(directory, 'sonde.yaml');
	writeFileSync(policyFile, policy);
	writeFileSync(configFile, config);
	const node = await startNode(t, '--policy', policyFile, '--config', configFile);
	return {
		node,
		policyFile,
		as: (name) => clientAs(t, node, name),
		audit: () =>
			readFileSync(join(stateOf(node), 'audit.log'), 'utf8')
				.split('\n')
				.filter((line) => line !== '')
				.map((line) => JSON.parse(line)),
	};
}

/** What a promise fails with. */
async function reasonOf(promise: Promise<unknown>): Promise<string> {
	try {
		await promise;
		return 'OK';
	} catch (error) {
		assert.ok(error instanceof SondeError, String(error));
		return error.reason ?? Code[error.code];
	}
}

/** The first message of a stream, and the promise of what it ends with. */
async function openStream(client: SondeClient, traceId: string): Promise<{ readonly end: Promise<string> }> {
	const stream = client.streamEvents({ traceId });
	const iterator = stream[Symbol.asyncIterator]();
	await iterator.next();
	const rest = async () => {
		for (;;) if ((await iterator.next()).done) return;
	};
	return { end: reasonOf(rest()) };
}

const BOUNDED = `
roles:
  bounded:
    rpcs: ["TraceService/*"]
    probes: [process.*]
    limits: {events_per_second: 100, cpu_budget_permille: 10, max_duration: 1m, lease: 5s, retention_bytes: 2097152, ring_bytes: 200000}
    quotas: {traces: 2, streams: 1, events_per_second: 150}
principals:
  - {spiffe: "spiffe://example.org/bounded", roles: [bounded]}
`;

test('a role bounds each trace, and all of a principal together', async (t) => {
	const world = await startWorld(t, BOUNDED);
	const client = await world.as('bounded');
	const { trace } = await client.startTrace(EXITS);
	const { limits, maxDuration, lease, role } = trace ?? {};
	assert.deepEqual(
		[role, limits?.eventsPerSecond, limits?.cpuBudgetPermille, limits?.retentionBytes, limits?.ringBytes],
		// A power of two that is not more than what is allowed.
		['bounded', 100, 10, 2_097_152, 131_072],
	);
	assert.deepEqual([maxDuration?.seconds, lease?.seconds], [60n, 5n]);
	for (const limits of [
		{ eventsPerSecond: 101 },
		{ eventsPerSecond: 0 },
		{ cpuBudgetPermille: 0 },
		{ retentionBytes: 4_194_304 },
		{ ringBytes: 262_144 },
	]) {
		assert.equal(
			await reasonOf(client.startTrace({ ...EXITS, limits })),
			'INVALID_FIELD',
			JSON.stringify(limits),
		);
	}
	const traceId = trace?.traceId ?? '';
	assert.equal(
		await reasonOf(client.updateTrace({ traceId, limits: { eventsPerSecond: 0 } })),
		'INVALID_FIELD',
	);
	assert.equal(await reasonOf(client.startTrace({ probes: [{ probe: 'file.open' }] })), 'PROBE_NOT_ALLOWED');
	assert.equal(await reasonOf(client.startTrace(EXITS)), 'QUOTA_EXCEEDED');
	await client.startTrace({ ...EXITS, limits: { eventsPerSecond: 50 } });
	assert.equal(
		await reasonOf(client.startTrace({ ...EXITS, limits: { eventsPerSecond: 1 } })),
		'TOO_MANY_TRACES',
	);
	// Another principal of the same role has quotas of its own.
	const other = await world.as('bounded/other');
	await other.startTrace(EXITS);
	const { end } = await openStream(client, traceId);
	assert.equal(await reasonOf(openStream(client, traceId)), 'TOO_MANY_STREAMS');
	await client.stopTrace({ traceId });
	assert.equal(await end, 'OK');
});

const TENANTS = (filter: string) => `
roles:
  tenant:
    rpcs: ["TraceService/*"]
    probes: ["process.*"]
    filter: ${JSON.stringify(filter)}
principals:
  - {spiffe: "spiffe://example.org/a", roles: [tenant]}
  - {spiffe: "spiffe://example.org/admin", roles: [admin]}
`;

test('a mandatory filter is in every trace and stays there; the policy that changes it ends the trace', async (t) => {
	const world = await startWorld(t, TENANTS('process.uid == 1'));
	const [tenant, admin] = [await world.as('a'), await world.as('admin')];
	const { trace } = await tenant.startTrace({ probes: [{ probe: 'process.exit' }], filter: 'cpu >= 0' });
	assert.equal(trace?.mandatoryFilter, 'process.uid == 1');
	assert.equal(trace.probes[0]?.filter?.earlyExpression, 'process.uid == 1 && cpu >= 0');
	const traceId = trace.traceId;
	// Also where an administrator changes it.
	for (const client of [tenant, admin]) {
		const updated = await client.updateTrace({ traceId, filter: '' });
		assert.equal(updated.trace?.probes[0]?.filter?.earlyExpression, 'process.uid == 1');
	}
	const { end } = await openStream(tenant, traceId);

	writeFileSync(world.policyFile, 'principals: 5');
	world.node.process.process.kill('SIGHUP');
	await world.node.process.untilStderr(/"what":"policy".*not reloaded/);
	assert.equal((await tenant.getTrace({ traceId })).trace?.endReason, EndReason.UNSPECIFIED);

	writeFileSync(world.policyFile, TENANTS('process.uid == 2'));
	await world.node.process.untilStderr(/"what":"policy","msg":"reloaded"/);
	assert.equal(await end, 'NOT_OWNER', 'it runs under what the role was');
	const ended = (await tenant.getTrace({ traceId })).trace;
	assert.equal(ended?.endReason, EndReason.ACCESS_ENDED);
	assert.match(ended.endDetail, /the filter or the redactions of the role tenant have changed/);
	assert.equal((await tenant.startTrace(EXITS)).trace?.mandatoryFilter, 'process.uid == 2');
});

test('streams and traces of those whom the policy no longer names end, others go on', async (t) => {
	const world = await startWorld(t, TENANTS('process.uid == 1'));
	const [tenant, admin] = [await world.as('a'), await world.as('admin')];
	const theirs = (await tenant.startTrace(EXITS)).trace?.traceId ?? '';
	const ours = (await admin.startTrace(EXITS)).trace?.traceId ?? '';
	const [theirStream, ourStream] = [await openStream(tenant, theirs), await openStream(admin, ours)];
	writeFileSync(world.policyFile, 'principals: [{spiffe: "spiffe://example.org/admin", roles: [admin]}]');
	assert.equal(await theirStream.end, 'RPC_NOT_ALLOWED');
	assert.equal(await reasonOf(tenant.getTrace({ traceId: theirs })), 'RPC_NOT_ALLOWED');
	await world.node.process.untilStderr(/trace ended/);
	assert.equal((await admin.getTrace({ traceId: theirs })).trace?.endReason, EndReason.ACCESS_ENDED);
	await admin.stopTrace({ traceId: ours });
	assert.equal(await ourStream.end, 'OK');
});

test('a stream by token ends when the token does, and its trace lives on for a new one', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const key = await makeKey('k1');
	const keys = join(temporaryDirectory(t), 'keys.json');
	writeFileSync(keys, keySetText(key));
	const config = `authentication: {tokens: [{issuer: "${ISSUER}", audience: ${AUDIENCE}, keys: {file: "${keys}"}, clock_skew: 1s}]}`;
	const policy = `principals: [{token: {issuer: "${ISSUER}"}, roles: [operator]}]`;
	const { node, audit } = await startWorld(t, policy, config);
	const ca = readFileSync(join(node.identity, 'ca.pem'), 'utf8');
	let token = await key.sign({ exp: Math.floor(Date.now() / 1000) + 6 });
	const client = connect({ address: node.address, identity: { ca }, token: () => token });
	t.after(() => client.close());
	const { trace } = await client.startTrace(EXITS);
	assert.equal(trace?.owner, `jwt:${ISSUER}#alice`);
	const { end } = await openStream(client, trace.traceId);
	assert.equal(await end, 'TOKEN_EXPIRED');
	assert.equal(await reasonOf(client.getTrace({ traceId: trace.traceId })), 'TOKEN_EXPIRED');
	token = await key.sign();
	const again = await openStream(client, trace.traceId);
	await client.stopTrace({ traceId: trace.traceId });
	assert.equal(await again.end, 'OK');
	assert.ok(!JSON.stringify(audit()).includes(token.slice(-20)), 'no token is in the audit');
	assert.ok(!node.process.stderr().includes(token.slice(-20)), 'nor in the log');
});

test('a token with less than another of the same subject does not read what that one has started', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const key = await makeKey('k1');
	const keys = join(temporaryDirectory(t), 'keys.json');
	writeFileSync(keys, keySetText(key));
	const config = `authentication: {tokens: [{issuer: "${ISSUER}", audience: ${AUDIENCE}, keys: {file: "${keys}"}}]}`;
	const policy = `
roles: {tenant: {rpcs: ["**"], probes: ["**"], filter: process.uid == 1}}
principals:
  - {token: {issuer: "${ISSUER}", claims: {groups: ops}}, roles: [operator]}
  - {token: {issuer: "${ISSUER}", claims: {groups: tenants}}, roles: [tenant]}`;
	const { node } = await startWorld(t, policy, config);
	const ca = readFileSync(join(node.identity, 'ca.pem'), 'utf8');
	const clientWith = async (...groups: string[]) => {
		const client = connect({ address: node.address, identity: { ca }, token: await key.sign({ groups }) });
		t.after(() => client.close());
		return client;
	};
	const [strong, weak] = [await clientWith('tenants', 'ops'), await clientWith('tenants')];
	const request = { ...EXITS, requestId: 'once' };
	const { trace } = await strong.startTrace(request);
	assert.equal(trace?.role, 'operator');
	const { traceId } = trace;
	assert.equal(await reasonOf(openStream(weak, traceId)), 'NOT_OWNER');
	assert.equal(await reasonOf(weak.updateTrace({ traceId, filter: '' })), 'NOT_OWNER');
	assert.equal(await reasonOf(weak.startTrace(request)), 'NOT_OWNER');
	assert.equal((await weak.startTrace(EXITS)).trace?.mandatoryFilter, 'process.uid == 1');
	const { end } = await openStream(strong, traceId);
	await strong.stopTrace({ traceId });
	assert.equal(await end, 'OK');
});

test('the audit has a line for each start, update, stop, denial and failed login', async (t) => {
	const world = await startWorld(t, TENANTS('process.uid == 1'));
	const [tenant, nobody] = [await world.as('a'), await world.as('nobody')];
	const { trace } = await tenant.startTrace(EXITS);
	const traceId = trace?.traceId ?? '';
	await tenant.updateTrace({ traceId, filter: 'cpu == 0' });
	await reasonOf(tenant.updateTrace({ traceId, filter: 'cpu ==' }));
	await reasonOf(tenant.startTrace({ probes: [{ probe: 'file.open' }] }));
	await reasonOf(nobody.getNode());
	await tenant.stopTrace({ traceId });
	const stranger = connect({
		address: world.node.address,
		identity: { ca: readFileSync(join(world.node.identity, 'ca.pem'), 'utf8') },
	});
	t.after(() => stranger.close());
	await reasonOf(stranger.getNode());

	const lines = world.audit();
	assert.deepEqual(
		lines.map(({ event, principal, method, outcome, role, effective_filter: filter, trace_id: id }) => [
			...[event, principal, method, outcome, role, filter, id],
		]),
		[
			...[
				['start', 'TraceService/StartTrace', 'ok', 'process.uid == 1 && process.tgid == 1'],
				['update', 'TraceService/UpdateTrace', 'ok', 'process.uid == 1 && cpu == 0 && process.tgid == 1'],
			].map(([event, method, outcome, filter]) => [
				...[event, 'spiffe://example.org/a', method, outcome, 'tenant', filter, traceId],
			]),
			...[
				['update', 'spiffe://example.org/a', 'TraceService/UpdateTrace', 'INVALID_FILTER'],
				['denied', 'spiffe://example.org/a', 'TraceService/StartTrace', 'PROBE_NOT_ALLOWED'],
				['denied', 'spiffe://example.org/nobody', 'NodeService/GetNode', 'RPC_NOT_ALLOWED'],
			].map((line) => [...line, undefined, undefined, undefined]),
			[
				...['stop', 'spiffe://example.org/a', 'TraceService/StopTrace', 'ok', 'tenant'],
				...[undefined, traceId],
			],
			[
				'login_failed',
				undefined,
				'NodeService/GetNode',
				'CERTIFICATE_MISSING',
				undefined,
				undefined,
				undefined,
			],
		],
	);
	assert.deepEqual(
		lines.map(({ sequence }) => sequence),
		lines.map((_, i) => i + 1),
	);
	for (const { time, address } of lines) {
		assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
		assert.match(String(address), /^127\.0\.0\.1:\d+$/);
	}
});

test('traces are not started where the audit cannot be written, others can be stopped', async (t) => {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-e2e-'));
	const mount = startChild(t, 'mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', directory]);
	assert.equal((await mount.ended).code, 0, mount.stderr());
	t.after(() => {
		execFileSync('umount', ['--lazy', directory]);
		rmdirSync(directory);
	});
	const world = await startWorld(t, TENANTS('process.uid == 1'), `audit: {file: ${directory}/audit.log}`);
	const tenant = await world.as('a');
	const traceId = (await tenant.startTrace(EXITS)).trace?.traceId ?? '';
	assert.throws(() => writeFileSync(join(directory, 'fill'), Buffer.alloc(1024 * 1024)), { code: 'ENOSPC' });
	// There may be some room in the last page of the file.
	const reasons: string[] = [];
	for (let i = 0; i < 40 && reasons.at(-1) !== 'AUDIT_UNAVAILABLE'; i++) {
		reasons.push(
			await reasonOf(tenant.startTrace({ probes: [{ probe: 'process.exit', filter: 'cpu ==' }] })),
		);
	}
	assert.equal(reasons.at(-1), 'AUDIT_UNAVAILABLE', reasons.join());
	assert.equal(await reasonOf(tenant.startTrace(EXITS)), 'AUDIT_UNAVAILABLE');
	assert.equal(await reasonOf(tenant.updateTrace({ traceId, filter: '' })), 'AUDIT_UNAVAILABLE');
	assert.equal(await reasonOf(tenant.getTrace({ traceId })), 'OK');
	assert.equal(await reasonOf(tenant.stopTrace({ traceId })), 'OK');
	rmSync(join(directory, 'fill'));
	assert.equal(await reasonOf(tenant.startTrace(EXITS)), 'OK', 'it goes on by itself');
});

test('policies are explained by the command', { skip: SKIP_IF_EMULATED }, async (t) => {
	const file = join(temporaryDirectory(t), 'policy.yaml');
	writeFileSync(file, TENANTS('process.uid == 1'));
	const sonde = (...args: string[]) => startChild(t, SONDE, ['policy', ...args]).ended;
	assert.match((await sonde('check', file)).stdout, /right; 1 roles of its own, 2 entries/);
	const who = ['--policy', file, '--as', 'spiffe://example.org/a/ci', '--probe'];
	const { stdout } = await sonde('explain', ...who, 'process.exec');
	assert.match(stdout, /^process\.exec +allowed +role tenant, probes: process\.\*$/m);
	assert.match(stdout, /^mandatory filter +process\.uid == 1 +role tenant$/m);
	assert.match((await sonde('explain', ...who, 'file.open')).stdout, /^file\.open +denied/m);
	writeFileSync(file, TENANTS('process.uidd == 1'));
	const wrong = await sonde('check', file);
	assert.equal(wrong.code, 1);
	assert.match(wrong.stderr, /roles\.tenant\.filter is "process\.uidd == 1"/);
	assert.equal(JSON.parse((await sonde('schema')).stdout).type, 'object');
});
