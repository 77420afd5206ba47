import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIpAddress } from './ip-address.js';

const ipv6 = (...groups: number[]) => Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));

test('formatIpAddress refuses what is no address', () => {
	assert.throws(() => formatIpAddress(new Uint8Array(5)), {
		name: 'RangeError',
		message: 'an address has 4 or 16 bytes, not 5',
	});
});

test('formatIpAddress writes addresses as RFC 5952 wants them', () => {
	assert.equal(formatIpAddress(Uint8Array.of(192, 0, 2, 1)), '192.0.2.1');
	assert.equal(formatIpAddress(ipv6(0, 0, 0, 0, 0, 0, 0, 0)), '::');
	assert.equal(formatIpAddress(ipv6(0, 0, 0, 0, 0, 0, 0, 1)), '::1');
	assert.equal(formatIpAddress(ipv6(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 'fe80::');
	assert.equal(formatIpAddress(ipv6(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1)), '2001:db8:0:1:1:1:1:1');
	assert.equal(formatIpAddress(ipv6(0x2001, 0, 0, 1, 0, 0, 0, 1)), '2001:0:0:1::1');
	assert.equal(formatIpAddress(ipv6(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1)), '2001:db8::1:0:0:1');
});

test('formatIpAddress: what it writes is read as the same address', () => {
	const addresses = fc.array(fc.constantFrom(0, 0, 1, 0xab, 0xff), { minLength: 16, maxLength: 16 });
	fc.assert(
		fc.property(addresses, (bytes) => {
			const list = new BlockList();
			list.addAddress(formatIpAddress(Uint8Array.from(bytes)), 'ipv6');
			const plain = Array.from({ length: 8 }, (_, i) =>
				(((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
			);
			assert.ok(list.check(plain.join(':'), 'ipv6'));
		}),
	);
});
