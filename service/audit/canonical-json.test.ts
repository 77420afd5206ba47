import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson } from './canonical-json.js';

const whole = (value: unknown) => {
	const { text, isCut } = canonicalJson(value, 4096);
	assert.ok(!isCut);
	return text;
};

test('canonicalJson writes a message in one way only', () => {
	const message = {
		requestId: 'a"b',
		probes: [{ id: 'file.open', filter: '', options: { $case: 'fileOpen', value: { fullPath: true } } }],
		limits: undefined,
		lease: { seconds: 60n, nanos: 0 },
		raw: Buffer.from('abc'),
		empty: [],
		none: new Uint8Array(),
	};
	const text =
		'{"lease":{"nanos":0,"seconds":"60"},"probes":[{"id":"file.open","options":{"$case":"fileOpen",' +
		'"value":{"full_path":true}}}],"raw":"YWJj","request_id":"a\\"b"}';
	assert.equal(whole(message), text);
	assert.equal(whole(Object.fromEntries(Object.entries(message).reverse())), text);
	assert.deepEqual([null, Number.NaN, -1.5, '', [], {}, [1, [2n]]].map(whole), [
		'null',
		'"NaN"',
		'-1.5',
		'""',
		'[]',
		'{}',
		'[1,["2"]]',
	]);
});

test('canonicalJson has no secrets', () => {
	const names = ['authorization', 'Password', 'accessToken', 'bearer_token', 'privateKey', 'secret'];
	for (const name of names)
		assert.match(whole({ a: { [name]: 'xyz' } }), /^\{"a":\{"[a-z_]+":"\[redacted\]"\}\}$/);
	assert.equal(whole({ pageToken: 'a' }), '{"page_token":"a"}');
});

test('canonicalJson cuts at the limit, between characters, and looks at no more', () => {
	const text = 'ä'.repeat(10_000_000);
	const deep: unknown = Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], 1);
	const later = Object.defineProperty(['x'.repeat(5000), 0], 1, { get: () => assert.fail('looked at') });
	for (const value of [text, { a: [text] }, Buffer.alloc(5000), Array(5000).fill(1), later, { [text]: 1 }]) {
		for (const limit of [4096, 4095]) {
			const cut = canonicalJson(value, limit);
			assert.ok(cut.isCut);
			const bytes = Buffer.byteLength(cut.text);
			assert.ok(bytes === limit || bytes === limit - 1, `${bytes}`);
			assert.ok(!cut.text.includes('\ufffd'));
		}
	}
	assert.equal(whole(deep), `${'['.repeat(32)}"…"${']'.repeat(32)}`);
	assert.deepEqual(canonicalJson('a'.repeat(98), 100), { text: `"${'a'.repeat(98)}"`, isCut: false });
	assert.deepEqual(canonicalJson('a'.repeat(99), 100), { text: `"${'a'.repeat(99)}`, isCut: true });
});
