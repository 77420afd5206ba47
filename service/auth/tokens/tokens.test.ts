import assert from 'node:assert/strict';
import { createHmac, createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { exportSPKI } from 'jose';
import { pino } from 'pino';
import { ServiceError } from '../../error.js';
import { AUDIENCE, ISSUER, issuerWith, keySetText, makeKey, type TestKey } from './test-issuer.js';
import type { IssuerSettings } from './token-config.js';
import { createTokenVerifier, type TokenOptions, type TokenVerifier } from './tokens.js';

const log = pino({ level: 'silent' });
const nowSeconds = () => Math.floor(Date.now() / 1000);
let key: TestKey;
let rsa: TestKey;

before(async () => {
	[key, rsa] = await Promise.all([makeKey('one'), makeKey('two', 'RS256')]);
});

async function verifierOf(
	t: TestContext,
	settings: Partial<IssuerSettings> = {},
	options: TokenOptions = {},
	keys = [key, rsa],
): Promise<TokenVerifier> {
	const directory = mkdtempSync(join(tmpdir(), 'sonde-tokens-'));
	t.after(() => rmSync(directory, { recursive: true }));
	const file = join(directory, 'keys.json');
	writeFileSync(file, keySetText(...keys));
	const verifier = await createTokenVerifier(
		[issuerWith({ keys: { kind: 'file', file }, ...settings })],
		log,
		options,
	);
	t.after(() => verifier.close());
	return verifier;
}

/** Reason and message of a refusal, which must not have the token in it. */
async function refusalOf(verifier: TokenVerifier, token: string): Promise<string> {
	const error = await verifier.verify(token).then(
		({ name }) => assert.fail(`taken as ${name}`),
		(failure: unknown) => failure,
	);
	assert.ok(error instanceof ServiceError, String(error));
	for (const part of token.split('.').filter(({ length }) => length > 8)) {
		assert.ok(!error.message.includes(part) && !String(error.cause).includes(part), error.message);
	}
	return `${error.reason}: ${error.message}`;
}

function encode(part: unknown): string {
	return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

test('a token that is not one is refused', async (t) => {
	const verifier = await verifierOf(t);
	const shape = 'TOKEN_NOT_VALID: the token is not a JWT: three parts in base64url with dots between them';
	for (const token of [
		'',
		'a',
		'a.b',
		'a.b.c',
		'..',
		'ä.b.c',
		`${encode('1')}.${encode('2')}.c`,
		`${encode({})}.${encode('[')}.`,
	]) {
		assert.equal(await refusalOf(verifier, token), shape, token);
	}
	assert.equal(
		await refusalOf(verifier, 'aaaa.bbbb.cccc.dddd.eeee'),
		'TOKEN_NOT_VALID: the token is encrypted; this node takes signed ones only',
	);
	const long = await key.sign({ text: 'x'.repeat(9000) });
	assert.equal(
		await refusalOf(verifier, long),
		`TOKEN_NOT_VALID: the token has ${long.length} bytes, must be at most 8192`,
	);
	assert.deepEqual(verifier.totals(), { verified: 0n, remembered: 0n, refused: 10n });
});

test('no other algorithm than the allowed ones is taken, whatever signed the token', async (t) => {
	const verifier = await verifierOf(t);
	const [, body] = (await rsa.sign()).split('.');
	const unsigned = `${encode({ alg: 'none' })}.${body}.`;
	assert.equal(
		await refusalOf(verifier, unsigned),
		'TOKEN_NOT_VALID: the token is not signed; it must be, with one of ES256, RS256',
	);
	// Whoever takes the algorithm from the token takes the public key for a secret.
	for (const alg of ['HS256', 'hs256', 'RS384', 'None', 'ES256 ']) {
		const head = `${encode({ alg, kid: 'two', typ: 'JWT' })}.${body}`;
		for (const secret of [
			await exportSPKI(rsa.publicKey),
			JSON.stringify(rsa.jwk),
			createPublicKey({ key: rsa.jwk, format: 'jwk' }).export({ format: 'der', type: 'spki' }),
		]) {
			const signature = createHmac('sha256', secret).update(head).digest('base64url');
			assert.equal(
				await refusalOf(verifier, `${head}.${signature}`),
				`TOKEN_NOT_VALID: the token is signed with "${alg}", must be one of ES256, RS256`,
			);
		}
	}
	const onlyRsa = await verifierOf(t, { algorithms: ['RS256'] });
	assert.match(await refusalOf(onlyRsa, await key.sign()), /signed with "ES256", must be one of RS256/);
	assert.equal((await onlyRsa.verify(await rsa.sign())).kind, 'token');
});

test('a signature of another key, or of other claims, is refused', async (t) => {
	const verifier = await verifierOf(t);
	const wrong = 'TOKEN_NOT_VALID: the signature of the token is wrong';
	const stranger = await makeKey('one');
	assert.equal(await refusalOf(verifier, await stranger.sign()), wrong);
	const [head, , signature] = (await key.sign()).split('.');
	const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'root', exp: nowSeconds() + 60 };
	assert.equal(await refusalOf(verifier, `${head}.${encode(claims)}.${signature}`), wrong);
	assert.equal(await refusalOf(verifier, `${head}.${encode(claims)}.`), wrong);
	const missing = `TOKEN_NOT_VALID: the issuer "${ISSUER}" has no key that the token could be signed with`;
	assert.equal(await refusalOf(verifier, await (await makeKey('three')).sign()), missing);
	// A key of the token's own, which nobody has to follow.
	assert.equal(
		await refusalOf(verifier, await stranger.sign({}, { jwk: stranger.jwk, jku: 'https://a.example/' })),
		wrong,
	);
});

test('claims that are missing, wrong, or of another type are refused', async (t) => {
	const verifier = await verifierOf(t);
	const cases: readonly (readonly [Record<string, unknown>, string])[] = [
		[{ iss: undefined }, 'the token has no claim "iss"'],
		[
			{ iss: 'https://other.example' },
			'the token is from "https://other.example", which this node does not trust',
		],
		[{ iss: `${ISSUER}/` }, `the token is from "${ISSUER}/", which this node does not trust`],
		[{ iss: [ISSUER] }, `the token is from "${ISSUER}", which this node does not trust`],
		[{ aud: undefined }, 'the token has no claim "aud"'],
		[{ aud: 'other' }, 'the token is for "other", and this node takes those for "sonde"'],
		[
			{ aud: ['a', 'b', 'c', 'd', 'e'] },
			'the token is for "a", "b", "c", "d", …, and this node takes those for "sonde"',
		],
		[{ aud: 7 }, 'the token is for nobody, and this node takes those for "sonde"'],
		[{ aud: { sonde: 'sonde' } }, 'the token is for nobody, and this node takes those for "sonde"'],
		[{ exp: undefined }, 'the token has no claim "exp"'],
		[{ exp: '2999-01-01' }, 'the claim "exp" of the token is no moment'],
		[{ exp: 1e300 }, 'the claim "exp" of the token is no moment'],
		[{ exp: null }, 'the claim "exp" of the token is no moment'],
		[{ nbf: '1' }, 'the claim "nbf" of the token is no moment'],
		[{ nbf: 4102444800 }, 'the token is not valid before 2100-01-01T00:00:00.000Z'],
		[{ iat: 'now' }, 'the claim "iat" of the token is no moment'],
		[
			{ iat: 4102444800, exp: 4102444801 },
			'the token is issued in the future, at 2100-01-01T00:00:00.000Z; is one of the clocks wrong?',
		],
		[{ sub: undefined }, 'the token has no claim "sub", which names the caller'],
		[{ sub: '' }, 'the claim "sub" of the token names the caller, so it must be a text and not empty'],
		[{ sub: 7 }, 'the claim "sub" of the token names the caller, so it must be a text and not empty'],
		[{ sub: ['alice'] }, 'the claim "sub" of the token names the caller, so it must be a text and not empty'],
		[{ sub: 'a'.repeat(2048) }, 'the name of the caller has 2075 bytes, must be at most 2048'],
	];
	for (const [claims, message] of cases) {
		assert.equal(await refusalOf(verifier, await key.sign(claims)), `TOKEN_NOT_VALID: ${message}`);
	}
	assert.equal(
		await refusalOf(verifier, await key.sign({}, { typ: 'logout+jwt' })),
		'TOKEN_NOT_VALID: the token is a "logout+jwt", must be a "JWT" or "at+jwt"',
	);
	assert.equal(
		await refusalOf(verifier, await key.sign({}, { crit: ['x-must'], 'x-must': 1 })),
		'TOKEN_NOT_VALID: the token cannot be read',
	);
});

test('expired tokens are refused after the skew of the clocks, and validUntil has it', async (t) => {
	const verifier = await verifierOf(t);
	assert.equal(
		await refusalOf(verifier, await key.sign({ exp: 946684800 })),
		'TOKEN_EXPIRED: the token expired on 2000-01-01T00:00:00.000Z; get a new one',
	);
	assert.match(await refusalOf(verifier, await key.sign({ exp: nowSeconds() - 31 })), /^TOKEN_EXPIRED/);
	const exp = nowSeconds() - 5;
	const { validUntil } = await verifier.verify(
		await key.sign({ exp, nbf: nowSeconds() + 20, iat: nowSeconds() + 20 }),
	);
	assert.deepEqual(validUntil, new Date((exp + 30) * 1000));
});

test('a token is over at the very moment that its identity said, also between seconds', async (t) => {
	const verifier = await verifierOf(t, { clockSkewNs: 1_500_000_000n });
	const token = await key.sign({ exp: nowSeconds() + 0.3 });
	const { validUntil } = await verifier.verify(token);
	assert.ok(validUntil !== undefined);
	while (Date.now() < validUntil.getTime()) await new Promise((resolve) => setTimeout(resolve, 1));
	assert.match(await refusalOf(verifier, token), /^TOKEN_EXPIRED/);
});

test('a token may live no longer than max_lifetime', async (t) => {
	const verifier = await verifierOf(t, { maxLifetimeNs: 3600_000_000_000n });
	const iat = nowSeconds();
	assert.equal((await verifier.verify(await key.sign({ iat, exp: iat + 3600 }))).kind, 'token');
	assert.equal(
		await refusalOf(verifier, await key.sign({ iat, exp: iat + 3601 })),
		'TOKEN_NOT_VALID: the token is valid for 3,601 s, must be at most 3,600 s',
	);
	assert.equal(
		await refusalOf(verifier, await key.sign({ iat: undefined })),
		'TOKEN_NOT_VALID: the token has no claim "iat"',
	);
});

test('an identity has a name that no other issuer and subject have, and the claims', async (t) => {
	const verifier = await verifierOf(t, { audiences: ['other', AUDIENCE] });
	const token = await key.sign({ aud: ['x', 'other'], groups: ['sre'], tenant: { id: 7 } });
	const { name, kind, claims } = await verifier.verify(token);
	assert.deepEqual([name, kind], [`jwt:${ISSUER}#alice`, 'token']);
	assert.deepEqual([claims.groups, claims.tenant], [['sre'], { id: 7 }]);

	const names = [];
	for (const [issuer, sub] of [
		['a', 'b#c'],
		['a#b', 'c'],
		['a\\u{23}b', 'c'],
		['a', 'b,c\nd'],
		['a', 'b\\u{2c}c\\u{a}d'],
		['a', '\ud800'],
	] as const) {
		const other = await verifierOf(t, { issuer });
		names.push((await other.verify(await key.sign({ iss: issuer, sub }))).name);
	}
	assert.deepEqual(names, [
		'jwt:a#b#c',
		'jwt:a\\u{23}b#c',
		'jwt:a\\u{5c}u{23}b#c',
		'jwt:a#b\\u{2c}c\\u{a}d',
		'jwt:a#b\\u{5c}u{2c}c\\u{5c}u{a}d',
		'jwt:a#\\u{d800}',
	]);
});

test('another claim can name the caller', async (t) => {
	const verifier = await verifierOf(t, { principalClaim: 'email' });
	assert.equal(
		(await verifier.verify(await key.sign({ email: 'a@b', sub: undefined }))).name,
		`jwt:${ISSUER}#a@b`,
	);
	assert.match(await refusalOf(verifier, await key.sign()), /no claim "email"/);
	const inherited = await verifierOf(t, { principalClaim: 'constructor' });
	assert.match(await refusalOf(inherited, await key.sign()), /no claim "constructor"/);
});

test('a token without a key id is taken where one key fits, and refused where several do', async (t) => {
	const token = await key.sign({}, { kid: undefined });
	assert.equal((await (await verifierOf(t)).verify(token)).kind, 'token');
	const two = await verifierOf(t, {}, {}, [key, await makeKey('three')]);
	assert.equal(
		await refusalOf(two, token),
		'TOKEN_NOT_VALID: the token does not name its key ("kid"), and its issuer has several that fit',
	);
});

test('a verified token is remembered until it ends, also while it is verified', async (t) => {
	const verifier = await verifierOf(t, { clockSkewNs: 1_000_000_000n }, { capacity: 2 });
	const token = await key.sign();
	const identities = await Promise.all(Array.from({ length: 1000 }, () => verifier.verify(token)));
	assert.equal(new Set(identities).size, 1);
	assert.deepEqual(verifier.totals(), { verified: 1n, remembered: 999n, refused: 0n });
	assert.equal(await verifier.verify(token), identities[0]);

	// Two others take its place.
	for (const sub of ['b', 'c']) await verifier.verify(await key.sign({ sub }));
	assert.notEqual(await verifier.verify(token), identities[0]);

	const short = await key.sign({ exp: nowSeconds() + 1 });
	const { validUntil } = await verifier.verify(short);
	assert.ok(validUntil !== undefined);
	while (Date.now() < validUntil.getTime()) await new Promise((resolve) => setTimeout(resolve, 50));
	assert.match(await refusalOf(verifier, short), /^TOKEN_EXPIRED/);
});
