import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Trust } from '../connections/peer-identity.js';
import { NO_REVOCATIONS, type Revocations } from './revocations.js';

/** What a listener proves itself with, and by what it knows its callers. All PEM. */
export interface Credentials {
	/** With those that vouch for it behind it, if its authority is not known to callers. */
	readonly cert: string;
	readonly key: string;
	/** Authorities of callers, one behind the other. */
	readonly ca: string;
	/** Default: none. */
	readonly revocations?: Revocations | undefined;
	/** The authority that alone may name identities of this node. Default: every one may. */
	readonly own?: { readonly nodeId: string; readonly ca: string } | undefined;
}

/** Checks credentials, as far as they can be checked before anybody connects. @throws Error with part of a sentence. */
export function checkCredentials({ cert, key, ca }: Credentials, now: Date): void {
	const certificate = parse('the certificate', () => new X509Certificate(cert));
	const privateKey = parse('the key', () => createPrivateKey(key));
	if (!certificate.checkPrivateKey(privateKey)) throw new Error('the key is not that of the certificate');
	const end = new Date(certificate.validTo);
	if (end < now) throw new Error(`the certificate expired on ${end.toISOString()}`);
	const authorities = parse('the file of authorities', () => splitCertificates(ca));
	if (authorities.length === 0) throw new Error('the file of authorities holds no certificate in PEM');
	const other = authorities.find((authority) => !authority.ca);
	if (other !== undefined)
		throw new Error(`the certificate of "${other.subject}" is not that of an authority`);
	// What only OpenSSL knows: whether it takes keys so short, for example.
	createSecureContext({ cert, key, ca });
}

/** The part of credentials that says who is let in. */
export function trustOf({ ca, revocations = NO_REVOCATIONS, own }: Credentials): Trust {
	return {
		authorities: splitCertificates(ca),
		revocations,
		own: own && { nodeId: own.nodeId, certificate: new X509Certificate(own.ca) },
	};
}

function splitCertificates(pem: string): X509Certificate[] {
	const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
	return blocks.map((block) => new X509Certificate(block));
}

function parse<Parsed>(what: string, read: () => Parsed): Parsed {
	try {
		return read();
	} catch (cause) {
		throw new Error(`${what} cannot be read: ${cause instanceof Error ? cause.message : cause}`, { cause });
	}
}
