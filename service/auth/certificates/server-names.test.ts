import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { isServerName, parseServerName, subjectNames } from './server-names.js';

test('parseServerName refuses what no caller could check', () => {
	const long = Array.from({ length: 5 }, () => 'x'.repeat(60)).join('.');
	const names = [
		'',
		' ',
		'*',
		'*.example',
		'a..b',
		'.a',
		'a.',
		'-a',
		'a-',
		'ä',
		'a:1',
		'a/b',
		'0.0.0.0',
		'::',
	];
	for (const name of [...names, '::ffff:', `${'x'.repeat(64)}.example`, long]) {
		assert.throws(() => parseServerName(name), {
			message:
				`the server name ${JSON.stringify(name)} must be a host name of at most 253 ASCII characters, ` +
				'without wildcards, or an IP address',
		});
	}
});

test('parseServerName takes host names and addresses', () => {
	for (const name of [
		'localhost',
		'a',
		'node-1.example',
		'my_host',
		'10.1.2.3',
		'::1',
		'xn--bcher-kva.example',
	]) {
		assert.ok(isServerName(name));
		assert.equal(parseServerName(name.toUpperCase()), name);
	}
});

test('subjectNames has what every host has, each once, and leaves out what does not fit', () => {
	const always = ['localhost', hostname().toLowerCase(), '127.0.0.1', '::1'];
	const given = ['node.example', '0.0.0.0', '::1', 'node.example', '10.1.2.3'];
	assert.deepEqual(subjectNames(given), [
		...[...new Set(always)].map((value) => ({ type: /^[\d.]+$|:/.test(value) ? 'ip' : 'dns', value })),
		{ type: 'dns', value: 'node.example' },
		{ type: 'ip', value: '10.1.2.3' },
	]);
});
