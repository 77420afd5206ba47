import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNodeAddress } from './node-address.js';

test('parseNodeAddress refuses what is no address and no socket', () => {
	assert.throws(() => parseNodeAddress('nowhere'), {
		name: 'RangeError',
		message: '"nowhere" is not an address like 127.0.0.1:7443, name:7443 or [::1]:7443',
	});
	for (const text of [
		'unix:',
		'unix:/',
		'unix:relative.sock',
		'unix://host/a.sock',
		'unix://',
		'unix:///',
		'unix:////a',
		'unix:/directory/',
		'unix:/a\0b',
		'unix:/a\nb',
	]) {
		assert.throws(() => parseNodeAddress(text), {
			name: 'RangeError',
			message: `${JSON.stringify(text)} is not a unix socket like unix:/run/sonde/sonde.sock: the path must be absolute`,
		});
	}
	const long = `unix:/${'ä'.repeat(54)}`;
	assert.throws(() => parseNodeAddress(long), {
		name: 'RangeError',
		message: `the path of "${long}" has 109 bytes, must have at most 107`,
	});
});

test('parseNodeAddress tells sockets from hosts', () => {
	const tcp = { kind: 'tcp', address: { host: '127.0.0.1', port: 7443 } };
	assert.deepEqual(parseNodeAddress('127.0.0.1:7443'), tcp);
	assert.deepEqual(parseNodeAddress('host:7443'), {
		kind: 'tcp',
		address: { host: 'host', port: 7443 },
	});
	for (const text of [
		'unix:/run/sonde/sonde.sock',
		'unix:///run/sonde/sonde.sock',
		'unix:/run//./sonde/sonde.sock',
	]) {
		assert.deepEqual(parseNodeAddress(text), { kind: 'unix', path: '/run/sonde/sonde.sock' });
	}
	const longest = `/${'a'.repeat(106)}`;
	assert.deepEqual(parseNodeAddress(`unix:${longest}`), { kind: 'unix', path: longest });
});
