import { errors, type JWTPayload } from 'jose';
import { quoteInput, ServiceError } from '../../error.js';
import { expired, momentText, notValid } from './token-claims.js';
import type { IssuerSettings } from './token-config.js';

/** What a caller is told of a token that jose has refused. Nothing of jose's own error is kept: it has the claims in it. */
export function refusalOf(error: unknown, settings: IssuerSettings): ServiceError {
	if (error instanceof ServiceError) return error;
	if (error instanceof errors.JWTExpired) return expired(error.payload.exp);
	if (error instanceof errors.JWTClaimValidationFailed) return claimRefusal(error, settings);
	if (error instanceof errors.JWKSNoMatchingKey) {
		return notValid(
			`the issuer ${quoteInput(settings.issuer)} has no key that the token could be signed with`,
		);
	}
	if (error instanceof errors.JWKSMultipleMatchingKeys) {
		return notValid('the token does not name its key ("kid"), and its issuer has several that fit');
	}
	if (error instanceof errors.JWSSignatureVerificationFailed) {
		return notValid('the signature of the token is wrong');
	}
	return notValid('the token cannot be read');
}

function claimRefusal(
	{ claim, reason, payload }: errors.JWTClaimValidationFailed,
	{ audiences }: IssuerSettings,
): ServiceError {
	if (reason === 'missing') return notValid(`the token has no claim ${quoteInput(claim)}`);
	if (reason === 'invalid') return notValid(`the claim ${quoteInput(claim)} of the token is no moment`);
	if (claim === 'aud') {
		return notValid(
			`the token is for ${audienceText(payload)}, and this node takes those for ${list(audiences)}`,
		);
	}
	if (claim === 'nbf') return notValid(`the token is not valid before ${momentText(payload.nbf)}`);
	return notValid(`the claim ${quoteInput(claim)} of the token is wrong`);
}

/** Texts that an error names at most. */
const MAX_NAMED = 4;

function audienceText({ aud }: JWTPayload): string {
	const texts = [aud].flat().filter((each): each is string => typeof each === 'string');
	return texts.length === 0 ? 'nobody' : list(texts);
}

function list(texts: readonly string[]): string {
	const named = texts.slice(0, MAX_NAMED).map(quoteInput).join(', ');
	return texts.length > MAX_NAMED ? `${named}, …` : named;
}
