import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { KeyPair } from '../certificates/key-pair.js';
import type { IssuerSettings } from './token-config.js';

/** A key that tokens of a test's issuer are signed with. */
export interface TestKey {
	readonly jwk: JWK;
	readonly privateKey: CryptoKey;
	readonly publicKey: CryptoKey;
	/** A token of `issuerOf`, valid for an hour, with these claims beside or instead; undefined: without it. */
	sign(
		claims?: Readonly<Record<string, unknown>>,
		header?: Readonly<Record<string, unknown>>,
	): Promise<string>;
}

export const ISSUER = 'https://issuer.example';
export const AUDIENCE = 'sonde';

/** Makes a key; `alg` is in its JWK. */
export async function makeKey(kid: string, alg = 'ES256'): Promise<TestKey> {
	const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
	return {
		jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
		privateKey,
		publicKey,
		sign(claims = {}, header = {}) {
			const now = Math.floor(Date.now() / 1000);
			const all = { iss: ISSUER, aud: AUDIENCE, sub: 'alice', iat: now, exp: now + 3600, ...claims };
			const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
			return new SignJWT(given)
				.setProtectedHeader({ alg, kid, typ: 'JWT', ...header })
				.sign(privateKey, { crit: { 'x-must': true } });
		},
	};
}

/** A JWKS of these keys. */
export function keySetText(...keys: readonly { readonly jwk: JWK }[]): string {
	return JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });
}

/** Settings of the issuer that test keys sign for. */
export function issuerWith(settings: Partial<IssuerSettings> & Pick<IssuerSettings, 'keys'>): IssuerSettings {
	return {
		issuer: ISSUER,
		audiences: [AUDIENCE],
		algorithms: ['ES256', 'RS256'],
		clockSkewNs: 30_000_000_000n,
		maxLifetimeNs: undefined,
		principalClaim: 'sub',
		...settings,
	};
}

/** A server that is asked for keys, and ends with the test. */
export interface TestKeyServer {
	readonly url: string;
	/** How often it has been asked. */
	readonly requests: number;
	/** What it says from now on. */
	answer: RequestListener;
	/** From now on nobody is there. */
	stop(): Promise<void>;
}

/** Serves text over HTTPS with this certificate, else over HTTP. */
export async function serveKeys(
	t: Pick<TestContext, 'after'>,
	text: string,
	certificate?: KeyPair,
): Promise<TestKeyServer> {
	const answer: RequestListener = (request, response) => {
		requests++;
		served.answer(request, response);
	};
	const server: Server = certificate ? createHttpsServer(certificate, answer) : createHttpServer(answer);
	let requests = 0;
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const served: TestKeyServer = {
		url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}/keys`,
		get requests() {
			return requests;
		},
		answer: answerWith(text),
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
	t.after(() => served.stop());
	return served;
}

/** An answer of a test's server. */
export function answerWith(
	text: string,
	status = 200,
	headers: Record<string, string> = {},
): RequestListener {
	return (_, response) => response.writeHead(status, headers).end(text);
}
