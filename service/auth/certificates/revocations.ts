import { X509Certificate } from 'node:crypto';

/** Which certificates have been revoked. */
export interface Revocations {
	/** When a certificate was revoked; undefined: it was not. */
	revokedAt(certificate: X509Certificate): Date | undefined;
	/** Lists whose time for a newer one has passed: the earliest such time. They count none the less. */
	readonly overdueSince: Date | undefined;
}

export const NO_REVOCATIONS: Revocations = { revokedAt: () => undefined, overdueSince: undefined };

/**
 * Reads lists that authorities of this PEM have signed. The library for it is loaded only then.
 *
 * @throws Error with a part of a sentence about the file: "holds no …".
 */
export async function readRevocations(pem: string, authorities: string, now: Date): Promise<Revocations> {
	const { readRevocationLists, normalizeSerial } = await import('./revocation-list.js');
	const lists = (await readRevocationLists(pem, authorities)).map(({ authority, nextUpdate, revoked }) => ({
		issuer: new X509Certificate(authority),
		nextUpdate,
		times: new Map(revoked.map(({ serial, at }) => [serial, at])),
	}));
	const overdue = lists.map(({ nextUpdate }) => nextUpdate).filter((time) => time < now);
	return {
		revokedAt(certificate) {
			const serial = normalizeSerial(certificate.serialNumber);
			const list = lists.find(({ issuer, times }) => times.has(serial) && certificate.checkIssued(issuer));
			return list?.times.get(serial);
		},
		overdueSince: overdue.sort((a, b) => a.getTime() - b.getTime())[0],
	};
}

/** Both. */
export function joinRevocations(a: Revocations, b: Revocations): Revocations {
	return {
		revokedAt: (certificate) => a.revokedAt(certificate) ?? b.revokedAt(certificate),
		overdueSince: a.overdueSince ?? b.overdueSince,
	};
}
