import type { TLSSocket } from 'node:tls';
import { quoteInput, ServiceError } from '../error.js';
import type { Identity } from './identity.js';
import { PrincipalError, principalFrom } from './principal.js';

/** Who is at the other end of a connection, or why nobody is let in there. */
export type PeerIdentity =
	| { readonly kind: 'accepted'; readonly identity: Identity }
	| { readonly kind: 'refused'; readonly error: ServiceError };

/** Reads the identity of a peer after its handshake, which has verified the certificate but refused nobody. */
export function identifyPeer(socket: TLSSocket): PeerIdentity {
	const certificate = socket.getPeerX509Certificate();
	// First, and not by `authorized`: Node calls a resumed TLS 1.3 session authorized that has no certificate.
	if (certificate === undefined) {
		return refuse(
			'CERTIFICATE_MISSING',
			'no client certificate; connect with an identity that this node has issued',
		);
	}
	const validUntil = new Date(certificate.validTo);
	if (!socket.authorized) {
		const verdict = String(socket.authorizationError);
		if (verdict === 'CERT_HAS_EXPIRED') return refuseExpired(validUntil);
		const subject = quoteInput(certificate.subject);
		return refuse(
			'CERTIFICATE_NOT_TRUSTED',
			`the client certificate of ${subject} is not trusted (${verdict}); use an identity that this node has issued`,
		);
	}
	try {
		const name = principalFrom(certificate);
		return { kind: 'accepted', identity: { name, kind: 'certificate', validUntil, claims: {} } };
	} catch (error) {
		if (error instanceof PrincipalError) return refuse('CERTIFICATE_NOT_TRUSTED', error.message, error);
		return refuse('CERTIFICATE_NOT_TRUSTED', 'the client certificate cannot be read', error);
	}
}

/** The identity as of now: a connection may outlive the certificate that it was opened with. */
export function atTime(identity: PeerIdentity, now: Date): PeerIdentity {
	if (identity.kind === 'refused') return identity;
	const { validUntil } = identity.identity;
	return validUntil !== undefined && validUntil < now ? refuseExpired(validUntil) : identity;
}

function refuseExpired(end: Date): PeerIdentity {
	return refuse(
		'CERTIFICATE_EXPIRED',
		`the client certificate expired on ${end.toISOString()}; use a renewed one`,
	);
}

function refuse(reason: ServiceError['reason'], message: string, cause?: unknown): PeerIdentity {
	return { kind: 'refused', error: new ServiceError(reason, message, { cause }) };
}
