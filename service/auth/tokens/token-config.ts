import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { durationText } from '../../config/duration-text.js';

/** Signatures that a private key makes and a public key checks: all that a token may have. */
export const SIGNATURE_ALGORITHMS = [
	...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
	...['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
] as const;

/** Where the public keys of an issuer are. */
export type KeysSettings =
	| { readonly kind: 'file'; readonly file: string }
	/** `ca`: file of the only authorities that its server may have its certificate from; undefined: those of the system. */
	| { readonly kind: 'url'; readonly url: string; readonly ca: string | undefined };

/** One issuer whose tokens are taken. */
export interface IssuerSettings {
	readonly issuer: string;
	/** A token must be for one of these. */
	readonly audiences: readonly string[];
	readonly algorithms: readonly string[];
	readonly keys: KeysSettings;
	/** How wrong the issuer's clock or ours may be, ns. */
	readonly clockSkewNs: bigint;
	/** Longest time between the issue of a token and its end, ns; undefined: any. */
	readonly maxLifetimeNs: bigint | undefined;
	/** The claim that names the caller. */
	readonly principalClaim: string;
}

/** The issuers whose tokens are taken, each once. */
export type TokenSettings = readonly IssuerSettings[];

const MAX_ISSUERS = 16;
const MAX_AUDIENCES = 16;
/** Principals stand in every audit line. */
const MAX_ISSUER_LENGTH = 512;
const MAX_CLAIM_LENGTH = 256;
const DEFAULT_CLOCK_SKEW_NS = 30_000_000_000n;
/** More than five minutes: a clock is to be set, not a skew. */
const MAX_CLOCK_SKEW_NS = 300_000_000_000n;

const algorithm = z.string().superRefine((name, context) => {
	const allowed = `must be one of ${SIGNATURE_ALGORITHMS.join(', ')}`;
	if (/^HS/i.test(name)) {
		context.addIssue(`whoever can check such a signature can make one too; ${allowed}`);
	} else if (name.toLowerCase() === 'none') {
		context.addIssue(`such a token is not signed; ${allowed}`);
	} else if (!SIGNATURE_ALGORITHMS.some((known) => known === name)) context.addIssue(allowed);
});

const path = z.string().refine(isAbsolute, 'must be an absolute path');

const keys = z
	.strictObject({ file: path, url: z.string().superRefine(checkUrl), ca: path })
	.partial()
	.transform(({ file, url, ca }, context): KeysSettings => {
		if (file !== undefined && url === undefined && ca === undefined) return { kind: 'file', file };
		if (url !== undefined && file === undefined) return { kind: 'url', url, ca };
		context.addIssue('must have either file, or url and perhaps ca');
		return z.NEVER;
	});

const issuer = z
	.strictObject({
		issuer: z.string().min(1).max(MAX_ISSUER_LENGTH),
		audience: z.union([
			z.string().min(1),
			z.array(z.string().min(1)).min(1, 'must have an entry').max(MAX_AUDIENCES),
		]),
		algorithms: z
			.array(algorithm)
			.min(1, 'must have an entry')
			.default([...SIGNATURE_ALGORITHMS]),
		keys,
		clock_skew: durationText
			.refine((ns) => ns <= MAX_CLOCK_SKEW_NS, 'must be 1s to 5m')
			.default(DEFAULT_CLOCK_SKEW_NS),
		max_lifetime: durationText.optional(),
		principal_claim: z.string().min(1).max(MAX_CLAIM_LENGTH).default('sub'),
	})
	.transform(
		(given): IssuerSettings => ({
			issuer: given.issuer,
			audiences: [given.audience].flat(),
			algorithms: given.algorithms,
			keys: given.keys,
			clockSkewNs: given.clock_skew,
			maxLifetimeNs: given.max_lifetime,
			principalClaim: given.principal_claim,
		}),
	);

/** `authentication.tokens` in the configuration file: a list of issuers. */
export const tokensSchema = z
	.array(issuer)
	.max(MAX_ISSUERS)
	.superRefine((issuers, context) => {
		// Two of the same name would have to share their callers' names.
		const names = issuers.map((each) => each.issuer);
		const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
		if (twice >= 0) context.addIssue({ code: 'custom', path: [twice, 'issuer'], message: 'is there twice' });
	});

function checkUrl(text: string, context: z.RefinementCtx): void {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || !isSafe(url)) {
		context.addIssue('must be an https URL, or http on loopback: whoever changes the keys makes the tokens');
	} else if (url.username !== '' || url.password !== '') {
		context.addIssue('must have no user and no password');
	}
}

function isSafe({ protocol, hostname }: URL): boolean {
	const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
	return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}
