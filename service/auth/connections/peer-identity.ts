import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { quoteInput, ServiceError } from '../../error.js';
import { namespaceOf } from '../certificates/authority.js';
import { PrincipalError, principalFrom } from '../certificates/principal.js';
import type { Revocations } from '../certificates/revocations.js';
import type { Identity } from '../identity.js';

/** Who is at the other end of a connection, or why nobody is let in there. */
export type PeerIdentity =
	| { readonly kind: 'accepted'; readonly identity: Identity }
	| { readonly kind: 'refused'; readonly error: ServiceError };

/** By what callers are known. */
export interface Trust {
	/** Authorities of callers. */
	readonly authorities: readonly X509Certificate[];
	readonly revocations: Revocations;
	/** The node's own authority: only it may name identities of this node. Undefined: there is none. */
	readonly own: { readonly nodeId: string; readonly certificate: X509Certificate } | undefined;
}

/** A verified certificate of a peer, and those that vouch for it, its own first. */
export type CertificateChain = readonly [X509Certificate, ...X509Certificate[]];

/** Chains are short; a certificate that is its own issuer ends one. */
const LONGEST_CHAIN = 10;

/** The chain that the handshake on a socket has found; undefined: the peer has no certificate. */
export function chainOf(socket: TLSSocket): CertificateChain | undefined {
	const own = socket.getPeerX509Certificate();
	if (own === undefined) return undefined;
	const issuers: X509Certificate[] = [];
	for (let next = own.issuerCertificate; next !== undefined && issuers.length < LONGEST_CHAIN; ) {
		issuers.push(next);
		next = next.issuerCertificate;
	}
	return [own, ...issuers];
}

/** Reads the identity of a peer after its handshake, which has verified the certificate but refused nobody. */
export function identifyPeer(
	{ authorized, authorizationError }: Pick<TLSSocket, 'authorized' | 'authorizationError'>,
	chain: CertificateChain | undefined,
	trust: Trust,
): PeerIdentity {
	// First, and not by `authorized`: Node calls a resumed TLS 1.3 session authorized that has no certificate.
	if (chain === undefined) {
		return refuse(
			'CERTIFICATE_MISSING',
			'no client certificate; connect with an identity that this node has issued',
		);
	}
	const [certificate] = chain;
	const validUntil = endOf(chain);
	if (!authorized) {
		const verdict = String(authorizationError);
		if (verdict === 'CERT_HAS_EXPIRED') return refuseExpired(validUntil);
		return refuseUntrusted(certificate, verdict);
	}
	try {
		const name = principalFrom(certificate);
		const identity: Identity = { name, kind: 'certificate', validUntil, claims: {} };
		return reviewPeer({ kind: 'accepted', identity }, chain, trust);
	} catch (error) {
		if (error instanceof PrincipalError) return refuse('CERTIFICATE_NOT_TRUSTED', error.message, error);
		return refuse('CERTIFICATE_NOT_TRUSTED', 'the client certificate cannot be read', error);
	}
}

/**
 * The identity by what is trusted now: it may have changed since the handshake.
 *
 * @param before By what it was accepted: signatures are verified again only where authorities are others, since a
 *   thousand connections take a tenth of a second for it.
 */
export function reviewPeer(
	identity: PeerIdentity,
	chain: CertificateChain,
	trust: Trust,
	before?: Trust,
): PeerIdentity {
	if (identity.kind === 'refused') return identity;
	const [certificate] = chain;
	for (const link of chain) {
		const at = trust.revocations.revokedAt(link);
		if (at !== undefined) {
			const what =
				link === certificate ? 'the client certificate' : 'the authority of the client certificate';
			const message = `${what} ${link.serialNumber.toLowerCase()} was revoked on ${at.toISOString()}`;
			return refuse('CERTIFICATE_REVOKED', `${message}; use another identity`);
		}
	}
	if (before !== undefined && hasSameAuthorities(before, trust)) return identity;
	if (!chain.some((link) => trust.authorities.some((authority) => hasSigned(authority, link)))) {
		return refuseUntrusted(certificate, 'its authority is trusted no more');
	}
	// A foreign authority may name its callers as it likes, but not as this node's.
	const { own } = trust;
	if (
		own !== undefined &&
		identity.identity.name.startsWith(namespaceOf(own.nodeId)) &&
		!hasSigned(own.certificate, certificate)
	) {
		return refuseUntrusted(certificate, 'it names an identity of this node, whose authority did not sign it');
	}
	return identity;
}

/** The identity as of now: a connection may outlive the certificate that it was opened with. */
export function atTime(identity: PeerIdentity, now: Date): PeerIdentity {
	if (identity.kind === 'refused') return identity;
	const { validUntil } = identity.identity;
	return validUntil !== undefined && validUntil < now ? refuseExpired(validUntil) : identity;
}

/** The first moment at which a certificate of the chain has expired. */
function endOf(chain: CertificateChain): Date {
	return new Date(Math.min(...chain.map(({ validTo }) => Date.parse(validTo))));
}

function hasSameAuthorities(a: Trust, b: Trust): boolean {
	const names = ({ authorities, own }: Trust) =>
		[...authorities, own?.certificate].map((certificate) => certificate?.fingerprint256).join();
	return names(a) === names(b);
}

function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
	return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function refuseExpired(end: Date): PeerIdentity {
	return refuse(
		'CERTIFICATE_EXPIRED',
		`the client certificate expired on ${end.toISOString()}; use a renewed one`,
	);
}

function refuseUntrusted({ subject }: X509Certificate, why: string): PeerIdentity {
	return refuse(
		'CERTIFICATE_NOT_TRUSTED',
		`the client certificate of ${quoteInput(subject)} is not trusted (${why}); ` +
			'use an identity that this node has issued',
	);
}

function refuse(reason: ServiceError['reason'], message: string, cause?: unknown): PeerIdentity {
	return { kind: 'refused', error: new ServiceError(reason, message, { cause }) };
}
