import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A certificate and its private key (PKCS#8, EC P-256), both PEM. */
export interface KeyPair {
	readonly cert: string;
	readonly key: string;
}

/** Whether the pair belongs together and the authority signed it. Throws when one of them cannot be parsed. */
export function isIssuedBy(authority: KeyPair, { cert, key }: KeyPair): boolean {
	const certificate = new X509Certificate(cert);
	const issuer = new X509Certificate(authority.cert);
	return (
		certificate.checkPrivateKey(createPrivateKey(key)) &&
		certificate.checkIssued(issuer) &&
		certificate.verify(issuer.publicKey)
	);
}
