import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { exportJWK } from 'jose';
import { parseKeySet } from './key-set.js';
import { makeKey } from './test-issuer.js';
import { SIGNATURE_ALGORITHMS } from './token-config.js';

async function refusal(text: string, algorithms: readonly string[] = SIGNATURE_ALGORITHMS): Promise<string> {
	return parseKeySet(text, algorithms).then(
		() => assert.fail('taken'),
		(error: Error) => error.message,
	);
}

test('parseKeySet says what is wrong with a text', async () => {
	assert.equal(await refusal(''), 'it is not JSON');
	for (const text of ['null', '1', '[]', '{}', '{"keys": {}}']) {
		assert.equal(await refusal(text), 'it is not a JWKS: it has no list "keys"', text);
	}
	assert.equal(await refusal('{"keys": [null]}'), 'keys[0] is not an object');
	assert.equal(
		await refusal(JSON.stringify({ keys: Array(101).fill({}) })),
		'it has 101 keys, must be at most 100',
	);
	assert.equal(await refusal('{"keys": []}', ['ES256', 'RS256']), 'it has no key for ES256, RS256');
});

test('parseKeySet refuses a set that holds a secret, whatever it is for', async () => {
	const { jwk, privateKey } = await makeKey('a');
	const secrets = { d: await exportJWK(privateKey), k: { kty: 'oct', k: 'c2VjcmV0', use: 'enc' } };
	for (const [member, secret] of Object.entries(secrets)) {
		assert.equal(
			await refusal(JSON.stringify({ keys: [jwk, secret] })),
			`keys[1] is a private or shared key (it has "${member}"); take public keys only`,
		);
	}
});

test('parseKeySet leaves out what is for something else, and says what is broken', async () => {
	const [good, other, es384] = await Promise.all([
		makeKey('good'),
		makeKey('other'),
		makeKey('es384', 'ES384'),
	]);
	const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
	const keys = [
		{ ...other.jwk, use: 'enc' },
		{ ...other.jwk, kty: 'constructor' },
		es384.jwk,
		{ ...other.jwk, x: 'AAAA' },
		{ ...other.jwk, kid: 7 },
		{ ...publicKey.export({ format: 'jwk' }), kid: 'short' },
		good.jwk,
	];
	const { count, ignored } = await parseKeySet(JSON.stringify({ keys }), ['ES256', 'RS256']);
	assert.equal(count, 1);
	assert.match(ignored[0] ?? '', /^keys\[3\] \("other"\) cannot be read: /);
	assert.deepEqual(ignored.slice(1), [
		'keys[4] has a "kid" that is no text',
		'keys[5] ("short") has 1024 bits, must be at least 2048',
	]);
	assert.match(
		await refusal(JSON.stringify({ keys: keys.slice(0, 6) }), ['RS256']),
		/^it has no key for RS256: keys\[5\] /,
	);
});

test('parseKeySet takes a key of every algorithm', async () => {
	for (const alg of SIGNATURE_ALGORITHMS) {
		const { jwk } = await makeKey('a', alg);
		assert.equal((await parseKeySet(JSON.stringify({ keys: [jwk] }), [alg])).count, 1, alg);
	}
});
