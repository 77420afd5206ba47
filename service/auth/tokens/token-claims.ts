import type { JWTPayload } from 'jose';
import { formatNs } from '../../duration.js';
import { quoteInput, ServiceError } from '../../error.js';
import { escapeName } from '../escape-name.js';
import type { Identity } from '../identity.js';
import type { IssuerSettings } from './token-config.js';

const NS_PER_SECOND = 1_000_000_000;
/** The last moment that a Date can be, s. */
const LAST_SECOND = 8_640_000_000_000;
/** Longest name, bytes: principals stand in every audit line. */
const MAX_NAME_BYTES = 2048;

/** Who the claims say it is, when the signature, issuer, audience and times have been verified. @throws ServiceError TOKEN_NOT_VALID, TOKEN_EXPIRED. */
export function identityFrom(claims: JWTPayload, settings: IssuerSettings, now: Date): Identity {
	const end = secondsOf(claims, 'exp');
	// A call is taken until then, so what it opens is not ended before.
	const validUntil = new Date(Math.min(end + seconds(settings.clockSkewNs), LAST_SECOND) * 1000);
	// jose counts whole seconds: whoever looks again at that moment must find it over.
	if (now >= validUntil) throw expired(end);
	checkIssue(claims, end, settings, now);
	return {
		name: nameFrom(claims, settings),
		kind: 'token',
		validUntil,
		claims,
	};
}

/** The moment that a claim says, for messages. */
export function momentText(value: unknown): string {
	return typeof value === 'number' && Math.abs(value) <= LAST_SECOND
		? new Date(value * 1000).toISOString()
		: 'a moment that cannot be written';
}

function checkIssue(
	claims: JWTPayload,
	end: number,
	{ clockSkewNs, maxLifetimeNs }: IssuerSettings,
	now: Date,
): void {
	if (claims.iat === undefined && maxLifetimeNs === undefined) return;
	const start = secondsOf(claims, 'iat');
	if (start * 1000 > now.getTime() + seconds(clockSkewNs) * 1000) {
		throw notValid(`the token is issued in the future, at ${momentText(start)}; is one of the clocks wrong?`);
	}
	if (maxLifetimeNs !== undefined && end - start > seconds(maxLifetimeNs)) {
		throw notValid(
			`the token is valid for ${(end - start).toLocaleString('en-US')} s, must be at most ${formatNs(maxLifetimeNs)}`,
		);
	}
}

function nameFrom(claims: JWTPayload, { issuer, principalClaim }: IssuerSettings): string {
	const subject = Object.hasOwn(claims, principalClaim) ? claims[principalClaim] : undefined;
	const claim = quoteInput(principalClaim);
	if (subject === undefined) throw notValid(`the token has no claim ${claim}, which names the caller`);
	if (typeof subject !== 'string' || subject === '') {
		throw notValid(`the claim ${claim} of the token names the caller, so it must be a text and not empty`);
	}
	// The first "#" ends the issuer, so that no two pairs give the same name.
	const name = `jwt:${escapeName(issuer).replaceAll('#', '\\u{23}')}#${escapeName(subject)}`;
	const bytes = Buffer.byteLength(name);
	if (bytes > MAX_NAME_BYTES) {
		throw notValid(`the name of the caller has ${bytes} bytes, must be at most ${MAX_NAME_BYTES}`);
	}
	return name;
}

function secondsOf(claims: JWTPayload, claim: 'exp' | 'iat'): number {
	const value = claims[claim];
	if (value === undefined) throw notValid(`the token has no claim "${claim}"`);
	// JSON can write numbers that are infinite.
	if (typeof value !== 'number' || Math.abs(value) > LAST_SECOND) {
		throw notValid(`the claim "${claim}" of the token is no moment`);
	}
	return value;
}

function seconds(ns: bigint): number {
	return Number(ns) / NS_PER_SECOND;
}

/** The token has ended. */
export function expired(end: unknown): ServiceError {
	return new ServiceError('TOKEN_EXPIRED', `the token expired on ${momentText(end)}; get a new one`);
}

/** The token is refused, whatever else is right with it. The message must not repeat the token. */
export function notValid(message: string): ServiceError {
	return new ServiceError('TOKEN_NOT_VALID', message);
}
