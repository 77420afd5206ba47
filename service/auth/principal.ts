import * as x509 from '@peculiar/x509';

/** A certificate names nobody, or more than one. */
export class PrincipalError extends Error {
	override readonly name = 'PrincipalError';
}

/** Longest name, bytes: principals stand in every audit line. */
const MAX_NAME_BYTES = 2048;

// What the SPIFFE standard allows, and nothing that could be written in two ways.
const SPIFFE_ID = /^spiffe:\/\/[a-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;
// The backslash too, so that no two names are escaped into the same text.
const UNSAFE = /[\p{C}\p{Zl}\p{Zp},\\]/gu;

/**
 * The canonical name of the caller that a certificate (DER) belongs to: its SPIFFE id, else "x509:CN=<common name>".
 * Different callers never get the same one.
 *
 * @throws PrincipalError when the certificate has neither, or several.
 */
export function principalFrom(der: Uint8Array): string {
	const certificate = new x509.X509Certificate(der);
	const uris = uriNames(certificate);
	const [uri] = uris;
	if (uris.some((name) => /^spiffe:/i.test(name))) {
		// By the standard; and with two names, one of them would go unnoticed by whoever granted the other.
		if (uri === undefined || uris.length > 1) {
			throw new PrincipalError(
				'the certificate has a SPIFFE id and other URI names; it must have one URI name',
			);
		}
		if (!SPIFFE_ID.test(uri) || uri.length > MAX_NAME_BYTES) {
			throw new PrincipalError('the URI name of the certificate is not a valid SPIFFE id');
		}
		return uri;
	}
	const commonNames = certificate.subjectName.getField('CN');
	const [commonName = ''] = commonNames;
	if (commonNames.length > 1) {
		throw new PrincipalError('the certificate has several common names; it must have one');
	}
	if (commonName === '') {
		throw new PrincipalError('the certificate names nobody: it has no SPIFFE id and no common name');
	}
	if (Buffer.byteLength(commonName) > MAX_NAME_BYTES) {
		throw new PrincipalError('the common name of the certificate is longer than 2,048 bytes');
	}
	return `x509:CN=${commonName.replace(UNSAFE, escapeCharacter)}`;
}

function uriNames(certificate: x509.X509Certificate): string[] {
	const extension = certificate.getExtension(x509.SubjectAlternativeNameExtension);
	const names = extension?.names.items ?? [];
	return names.filter(({ type }) => type === 'url').map(({ value }) => value);
}

function escapeCharacter(character: string): string {
	return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
