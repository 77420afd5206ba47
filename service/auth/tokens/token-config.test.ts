import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIssue } from '../../config/issue.js';
import { SIGNATURE_ALGORITHMS, tokensSchema } from './token-config.js';

const whole = { issuer: 'https://a.example', audience: 'sonde', keys: { file: '/keys.json' } };

test('what an issuer does not say is completed', () => {
	assert.deepEqual(tokensSchema.parse([whole]), [
		{
			issuer: 'https://a.example',
			audiences: ['sonde'],
			algorithms: SIGNATURE_ALGORITHMS,
			keys: { kind: 'file', file: '/keys.json' },
			clockSkewNs: 30_000_000_000n,
			maxLifetimeNs: undefined,
			principalClaim: 'sub',
		},
	]);
	const [given] = tokensSchema.parse([
		{
			...whole,
			audience: ['a', 'b'],
			algorithms: ['EdDSA'],
			keys: { url: 'http://[::1]:80/keys', ca: '/ca.pem' },
			clock_skew: '5m',
			max_lifetime: '1h',
			principal_claim: 'email',
		},
	]);
	assert.deepEqual(given?.keys, { kind: 'url', url: 'http://[::1]:80/keys', ca: '/ca.pem' });
	assert.deepEqual([given?.clockSkewNs, given?.maxLifetimeNs], [300_000_000_000n, 3600_000_000_000n]);
});

const mustBe = `must be one of ${SIGNATURE_ALGORITHMS.join(', ')}`;
const mustBeSafe = 'must be an https URL, or http on loopback: whoever changes the keys makes the tokens';

for (const [change, message] of [
	[
		{ algorithms: ['ES256', 'HS256'] },
		`[0].algorithms[1] is "HS256": whoever can check such a signature can make one too; ${mustBe}`,
	],
	[{ algorithms: ['none'] }, `[0].algorithms[0] is "none": such a token is not signed; ${mustBe}`],
	[{ algorithms: ['ES255'] }, `[0].algorithms[0] is "ES255": ${mustBe}`],
	[{ algorithms: [] }, '[0].algorithms: must have an entry'],
	[{ audience: [] }, '[0].audience: must have an entry'],
	[{ keys: { file: 'a' } }, '[0].keys.file is "a": must be an absolute path'],
	[{ keys: {} }, '[0].keys: must have either file, or url and perhaps ca'],
	[{ keys: { file: '/a', ca: '/b' } }, '[0].keys: must have either file, or url and perhaps ca'],
	[{ keys: { url: 'http://example.org/' } }, `[0].keys.url is "http://example.org/": ${mustBeSafe}`],
	[
		{ keys: { url: 'http://127.0.0.1.example.org/' } },
		`[0].keys.url is "http://127.0.0.1.example.org/": ${mustBeSafe}`,
	],
	[{ keys: { url: 'file:///keys' } }, `[0].keys.url is "file:///keys": ${mustBeSafe}`],
	[
		{ keys: { url: 'https://a:b@c/' } },
		'[0].keys.url is "https://a:b@c/": must have no user and no password',
	],
	[{ clock_skew: '6m' }, '[0].clock_skew is "6m": must be 1s to 5m'],
	[{ max_lifetime: '1ms' }, '[0].max_lifetime is "1ms": must be 1s to 168h'],
	[{ audiences: 'a' }, '[0]: Unrecognized key: "audiences"'],
] as const) {
	test(`${JSON.stringify(change)} is refused by its field`, () => {
		const content = [{ ...whole, ...change }];
		const { error } = tokensSchema.safeParse(content);
		assert.ok(error !== undefined);
		assert.equal(describeIssue(error, content), message);
	});
}

test('an issuer may be there once', () => {
	const content = [whole, { ...whole, issuer: 'b' }, whole];
	const { error } = tokensSchema.safeParse(content);
	assert.ok(error !== undefined);
	assert.equal(describeIssue(error, content), '[2].issuer is "https://a.example": is there twice');
});
