import type { X509Certificate } from 'node:crypto';
import { escapeName } from '../escape-name.js';

/** A certificate names nobody, or more than one. */
export class PrincipalError extends Error {
	override readonly name = 'PrincipalError';
}

/** Longest name, bytes: principals stand in every audit line. */
const MAX_NAME_BYTES = 2048;

// What the SPIFFE standard allows, and nothing that could be written in two ways.
const SPIFFE_ID = /^spiffe:\/\/[a-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/;

// One of Node's list of alternative names, with what parts it from the next. Node writes a value as JSON when it has
// anything in it that could be taken for the end of it.
const ALT_NAME = /([^:,"]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/gy;

/**
 * The canonical name of the caller that a verified certificate belongs to: its SPIFFE id, else
 * "x509:CN=<common name>". Different callers never get the same one.
 *
 * @throws PrincipalError when the certificate has neither, or several; another Error when it cannot be read.
 */
export function principalFrom(certificate: X509Certificate): string {
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
	// As data: certificate.subject is one text of all names.
	const commonNames = [certificate.toLegacyObject().subject.CN ?? []].flat();
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
	return `x509:CN=${escapeName(commonName)}`;
}

function uriNames({ subjectAltName = '' }: X509Certificate): string[] {
	// Node's types do not have it: what names there are but cannot be read is not "none".
	if (subjectAltName === null) throw new Error('the alternative names of the certificate cannot be read');
	const names = [...subjectAltName.matchAll(ALT_NAME)];
	const length = names.reduce((sum, [text]) => sum + text.length, 0);
	if (length !== subjectAltName.length) throw new Error('Node writes alternative names in an unknown way');
	return names
		.filter(([, type]) => type === 'URI')
		.map(([, , value = '']) => (value.startsWith('"') ? String(JSON.parse(value)) : value));
}
