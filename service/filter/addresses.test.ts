import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress, parseNetwork } from './addresses.js';

test('parseAddress gives 16 bytes, IPv4 as a mapped address', () => {
	const hex = (text: string) => parseAddress(text)?.toString('hex');
	assert.equal(hex('10.0.0.1'), '00000000000000000000ffff0a000001');
	assert.equal(hex('::'), '00000000000000000000000000000000');
	assert.equal(hex('::1'), '00000000000000000000000000000001');
	assert.equal(hex('2001:db8::5:0'), '20010db8000000000000000000050000');
	assert.equal(hex('1:2:3:4:5:6:7:8'), '00010002000300040005000600070008');
	assert.equal(hex('::ffff:1.2.3.4'), '00000000000000000000ffff01020304');
	for (const wrong of ['', '10.0.0', '1::2::3', 'fe80::1%eth0', 'a.b.c.d'])
		assert.equal(hex(wrong), undefined);
});

test('parseNetwork wants a prefix and nothing behind it', () => {
	assert.equal(parseNetwork('10.0.0.0/8')?.bits, 104);
	assert.equal(parseNetwork('0.0.0.0/0')?.bits, 96);
	assert.equal(parseNetwork('2001:db8::/32')?.bits, 32);
	assert.equal(parseNetwork('::1/128')?.bits, 128);
	for (const wrong of ['10.0.0.1/8', '10.0.0.0/33', '::/129', '10.0.0.0', '/8', '10.0.0.0/-1']) {
		assert.equal(parseNetwork(wrong), undefined);
	}
});
