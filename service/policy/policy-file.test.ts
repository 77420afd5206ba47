import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '../auth/identity.js';
import { testIdentity } from '../auth/test-caller.js';
import { defaultPolicy } from './default-policy.js';
import { rolesOf } from './policy.js';
import { PolicyError } from './policy-error.js';
import { parsePolicy } from './policy-file.js';
import { allowing } from './role.js';
import { KNOWN_RPCS } from './rpcs.js';

const POLICY = `
roles:
  tenant-a:
    rpcs: [TraceService/*, NodeService/ListProbes]
    probes: ["file.*", process.exec]
    filter: process.uid == 1000
    redact: [arguments]
    limits: {events_per_second: 1000, max_duration: 10m}
    quotas: {traces: 2}
principals:
  - name: spiffe://example.org/tenants/a/*
    roles: [tenant-a]
  - spiffe: spiffe://example.org/sre
    roles: [operator, viewer]
  - token: {issuer: https://issuer.example, claims: {groups: sre}}
    roles: [operator]
  - name: unix:uid=0
    roles: [admin]
`;

function namesOf(identity: Identity): string[] {
	return rolesOf(parsePolicy(POLICY, 'test'), identity).map(({ name }) => name);
}

function token(claims: Record<string, unknown>): Identity {
	return { name: 'jwt:x', kind: 'token', validUntil: undefined, claims };
}

test('a role is what its file says, and the rest as by default', () => {
	const role = parsePolicy(POLICY, 'test').roles.find(({ name }) => name === 'tenant-a');
	assert.ok(role);
	const { filter, redact, traces, limits, quotas } = role;
	assert.deepEqual([filter, redact, traces], ['process.uid == 1000', ['arguments'], 'own']);
	assert.equal(limits.eventsPerSecond, 1_000);
	assert.equal(limits.maxDurationNs, 600_000_000_000n);
	assert.deepEqual([quotas.traces, quotas.streams], [2, undefined]);
	assert.equal(allowing(role.probes, 'file.open')?.text, 'file.*');
	assert.equal(allowing(role.probes, 'tcp.connect'), undefined);
});

test('principals are found by pattern, by SPIFFE path and by claims, and others have no role', () => {
	assert.deepEqual(namesOf(testIdentity('spiffe://example.org/tenants/a/ci')), ['tenant-a']);
	assert.deepEqual(namesOf(testIdentity('spiffe://example.org/tenants/a/ci/x')), []);
	assert.deepEqual(namesOf(testIdentity('spiffe://example.org/sre')), ['operator', 'viewer']);
	assert.deepEqual(namesOf(testIdentity('spiffe://example.org/sre/alice')), ['operator', 'viewer']);
	assert.deepEqual(namesOf(testIdentity('spiffe://example.org/sre-2')), []);
	assert.deepEqual(namesOf(testIdentity('spiffe://sonde/0/admin')), []);
	const iss = 'https://issuer.example';
	assert.deepEqual(namesOf(token({ iss, groups: ['dev', 'sre'] })), ['operator']);
	assert.deepEqual(namesOf(token({ iss, groups: 'sre' })), ['operator']);
	assert.deepEqual(namesOf(token({ iss, groups: ['dev'] })), []);
	assert.deepEqual(namesOf(token({ iss: 'https://other.example', groups: ['sre'] })), []);
	assert.deepEqual(namesOf({ ...testIdentity('x'), claims: { iss, groups: ['sre'] } }), []);
	assert.deepEqual(namesOf({ ...testIdentity('unix:uid=0'), kind: 'unix' }), ['admin']);
	assert.deepEqual(namesOf({ ...testIdentity('spiffe://example.org/sre'), kind: 'token' }), []);
});

test('the default policy gives the roles that the node names in its identities', () => {
	const policy = defaultPolicy('0123');
	const roles = (name: string) => rolesOf(policy, testIdentity(name)).map((role) => role.name);
	assert.deepEqual(roles('spiffe://sonde/0123/admin'), ['admin']);
	assert.deepEqual(roles('spiffe://sonde/0123/viewer/a'), ['viewer']);
	assert.deepEqual(roles('spiffe://sonde/0123/operator/a'), ['operator']);
	assert.deepEqual(roles('spiffe://sonde/4567/admin'), []);
	assert.deepEqual(roles('x509:CN=admin'), []);
	assert.deepEqual(roles('unix:uid=12345'), []);
});

test('viewers only look, operators trace, administrators do all', () => {
	const [viewer, operator, admin] = defaultPolicy('0').roles;
	assert.ok(viewer && operator && admin);
	const allowed = ({ rpcs }: typeof viewer) => KNOWN_RPCS.filter((rpc) => allowing(rpcs, rpc));
	assert.deepEqual(
		KNOWN_RPCS.filter((rpc) => !allowed(viewer).includes(rpc)),
		['StartTrace', 'UpdateTrace', 'StopTrace', 'StreamEvents'].map((name) => `TraceService/${name}`),
	);
	assert.deepEqual(allowed(operator), KNOWN_RPCS);
	assert.deepEqual(allowed(admin), KNOWN_RPCS);
	assert.deepEqual([viewer.traces, operator.traces, admin.traces], ['visible', 'visible', 'all']);
});

for (const [text, message] of [
	['', /test: the file: .*expected object/],
	['principals: 5', /test: principals is 5: .*expected array/],
	[
		'principals: [{name: a, roles: [root]}]',
		/principals\[0\]\.roles\[0\] is "root", must be one of viewer, operator, admin/,
	],
	['principals: [{name: a, roles: []}]', /principals\[0\]\.roles: .*>=1/],
	['principals: [{nam: a, roles: [admin]}]', /principals\[0\]/],
	[
		'principals: [{spiffe: "http://x", roles: [admin]}]',
		/principals\[0\]\.spiffe is "http:\/\/x": must be a SPIFFE id/,
	],
	['roles: {admin: {rpcs: []}}\nprincipals: []', /roles\.admin: is a built-in role/],
	['roles: {A: {rpcs: []}}\nprincipals: []', /roles\.A/],
	[
		'roles: {a: {rpcs: [], limits: {events_per_second: 0}}}\nprincipals: []',
		/roles\.a\.limits\.events_per_second is 0: .*>=1/,
	],
	[
		'roles: {a: {rpcs: [], limits: {max_duration: 5}}}\nprincipals: []',
		/roles\.a\.limits\.max_duration is 5: /,
	],
	['roles: {a: {rpcs: [], traces: some}}\nprincipals: []', /roles\.a\.traces is "some": /],
	['roles: {a: {rpcs: []}, a: {rpcs: []}}\nprincipals: []', /test: Map keys must be unique/],
	['principals: [', /^test: /],
	[`a: &a [x,x]\nb: &b [${'*a,'.repeat(90)}]\nc: [${'*b,'.repeat(90)}]`, /test: .*alias/],
] as const) {
	test(`${text.slice(0, 60)} is refused by its place, on one line`, () => {
		assert.throws(
			() => parsePolicy(text, 'test'),
			(error: unknown) => {
				assert.ok(error instanceof PolicyError);
				assert.match(error.message, message);
				assert.ok(!error.message.includes('\n'));
				return true;
			},
		);
	});
}
