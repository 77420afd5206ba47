import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NO_TLS_FILES } from '../auth/certificates/tls-files.js';
import { DEFAULT_NODE_LIMITS } from '../traces/node-limits.js';
import { readNodeConfig } from './node-config.js';

function fileWith(t: TestContext, text: string): string {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-config-'));
	t.after(() => rmSync(directory, { recursive: true }));
	const file = join(directory, 'sonde.yaml');
	writeFileSync(file, text);
	return file;
}

test('an empty file decides nothing', (t) => {
	assert.deepEqual(readNodeConfig(fileWith(t, '# nothing\n')).limits, DEFAULT_NODE_LIMITS);
});

test('what is given is taken, the rest stays', (t) => {
	const file = fileWith(
		t,
		'limits:\n  traces: 7\n  ring_bytes: 134217728\nlease: {default: 90s, max: 2m}\ntls_content: true\n',
	);
	assert.deepEqual(readNodeConfig(file).limits, {
		...DEFAULT_NODE_LIMITS,
		traces: 7,
		ringBytes: 134_217_728,
		lease: { fallback: 90_000_000_000n, min: 1_000_000_000n, max: 120_000_000_000n },
		tlsContent: true,
	});
});

test('a shorter maximum shortens the default', (t) => {
	const { maxDuration } = readNodeConfig(fileWith(t, 'max_duration: {max: 10m}')).limits;
	assert.equal(maxDuration.fallback, 600_000_000_000n);
});

test('names and certificates of the node are taken', (t) => {
	const file = fileWith(
		t,
		'server_names: [node.example, "::1"]\ntls: {certificate: /c, key: /k, client_ca: /ca, client_crl: /crl}\n',
	);
	const { serverNames, tls } = readNodeConfig(file);
	assert.deepEqual(serverNames, ['node.example', '::1']);
	assert.deepEqual(tls, { certificate: '/c', key: '/k', clientCa: '/ca', clientCrl: '/crl' });
	const nothing = readNodeConfig(fileWith(t, ''));
	assert.deepEqual(nothing.serverNames, []);
	assert.deepEqual(nothing.tls, NO_TLS_FILES);
});

test('a guard is off, and others than the node are not allowed, unless the file says so', (t) => {
	assert.deepEqual(readNodeConfig(fileWith(t, '')).guard, { mode: 'off', allow: [], required: false });
	assert.deepEqual(readNodeConfig(fileWith(t, 'guard: {mode: audit, allow: [/usr/bin/env]}')).guard, {
		mode: 'audit',
		allow: ['/usr/bin/env'],
		required: false,
	});
});

test('a script cannot be listed', (t) => {
	const script = fileWith(t, '#!/bin/sh\n');
	chmodSync(script, 0o755);
	assert.throws(
		() => readNodeConfig(fileWith(t, `guard: {allow: [${script}]}`)),
		/guard\.allow\[0\] is ".*": is a script: only its interpreter can be listed, with all scripts that it runs$/,
	);
});

for (const [text, message] of [
	['server_names: ["*.example"]', /server_names\[0] is "\*\.example": must be a host name of at most 253/],
	['server_names: ["::"]', /server_names\[0] is "::": must be a host name/],
	['tls: {key: key.pem}', /tls\.key is "key\.pem": must be an absolute path/],
	['tls: {key: /key.pem}', /tls: certificate and key are given together/],
	['tls: {client_crl: /crl.pem}', /tls: client_crl is given with client_ca/],
	['tls_content: 1', /tls_content is 1: .*expected boolean/],
	['limits: {traces: 0}', /limits\.traces is 0: .*>=1/],
	['limits: {trace: 5}', /limits: Unrecognized key: "trace"/],
	['lease: {default: 5}', /lease\.default is 5: .*expected string/],
	['lease: {max: 9 parsecs}', /lease\.max is "9 parsecs": must be a number and a unit/],
	['lease: {max: 1ms}', /lease\.max is .*: must be 1s to 168h/],
	['lease: {default: 5m, max: 1m}', /lease\.default is 300 s: must not be longer than lease\.max, 60 s/],
	[
		'authentication: {tokens: [{issuer: a, audience: b, keys: {file: /k}, algorithms: [HS256]}]}',
		/authentication\.tokens\[0\]\.algorithms\[0\] is "HS256": whoever can check/,
	],
	['guard: {mode: on}', /guard\.mode is "on": .*"off"\|"audit"\|"enforce"/],
	['guard: {allow: [bpftool]}', /guard\.allow\[0\] is "bpftool": must be an absolute path$/],
	[
		'guard: {allow: [/usr/bin/env, /nothing]}',
		/guard\.allow\[1\] is "\/nothing": cannot be used: ENOENT: no such file/,
	],
	['guard: {allow: [/etc/passwd]}', /guard\.allow\[0\] is "\/etc\/passwd": must be an executable file$/],
	['guard: {allow: [/usr]}', /guard\.allow\[0\] is "\/usr": must be an executable file$/],
	['guard: {pin: true}', /guard: Unrecognized key: "pin"/],
	['limits: [', /sonde\.yaml: /],
	['- 1', /the file: /],
] as const) {
	test(`${text} is refused by its field, on one line`, (t) => {
		assert.throws(
			() => readNodeConfig(fileWith(t, text)),
			(error: Error) => message.test(error.message) && !error.message.includes('\n'),
		);
	});
}

test('issuers of tokens are taken, and none by default', (t) => {
	const text = 'authentication: {tokens: [{issuer: a, audience: b, keys: {file: /k}}]}\n';
	assert.deepEqual(
		readNodeConfig(fileWith(t, text)).tokens.map(({ issuer }) => issuer),
		['a'],
	);
	assert.deepEqual(readNodeConfig(fileWith(t, '')).tokens, []);
});

test('where the audit goes is taken, and completed elsewhere', (t) => {
	assert.deepEqual(readNodeConfig(fileWith(t, 'audit: {stdout: true}\n')).audit, { stdout: true });
	assert.deepEqual(readNodeConfig(fileWith(t, '')).audit, {});
});
