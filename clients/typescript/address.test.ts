import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress, isLoopback, parseAddress } from './address.js';

test('parseAddress refuses what is not host:port', () => {
	for (const text of [
		'',
		'name',
		':7443',
		'name:',
		'name:x',
		'name:65536',
		'::1:7443',
		'[name]:7443',
		'[127.0.0.1]:1',
	]) {
		assert.throws(() => parseAddress(text), {
			name: 'RangeError',
			message: `"${text}" is not an address like 127.0.0.1:7443, name:7443 or [::1]:7443`,
		});
	}
});

test('parseAddress and formatAddress are inverse', () => {
	assert.deepEqual(parseAddress('127.0.0.1:7443'), { host: '127.0.0.1', port: 7443 });
	assert.deepEqual(parseAddress('node-1.example:0'), { host: 'node-1.example', port: 0 });
	assert.deepEqual(parseAddress('[::1]:65535'), { host: '::1', port: 65_535 });
	for (const text of ['127.0.0.1:7443', 'node-1.example:0', '[::1]:65535']) {
		assert.equal(formatAddress(parseAddress(text)), text);
	}
});

test('isLoopback knows names and addresses', () => {
	const loopback = ['localhost', '127.0.0.1', '127.1.2.3', '::1', '10.0.0.1', '127.example.org', '::'];
	assert.deepEqual(
		loopback.filter((host) => isLoopback({ host, port: 1 })),
		['localhost', '127.0.0.1', '127.1.2.3', '::1'],
	);
});
