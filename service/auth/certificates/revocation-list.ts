import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { importPrivateKey, SIGNATURE } from './certificates.js';
import type { KeyPair } from './key-pair.js';

/** A certificate that is no longer to be trusted. */
export interface RevokedCertificate {
	/** Lower-case hexadecimal digits, without leading zeros. */
	readonly serial: string;
	readonly at: Date;
}

/** A certificate revocation list (RFC 5280) whose signature has been verified. */
export interface RevocationList {
	/** PEM of the authority that signed it. */
	readonly authority: string;
	/** Grows with every list of an authority; 0: the list has none. */
	readonly number: bigint;
	readonly nextUpdate: Date;
	readonly revoked: readonly RevokedCertificate[];
}

const CRL_NUMBER = '2.5.29.20';
const TAG = 'X509 CRL';

/** Makes the list of all revoked certificates of an authority, in PEM. */
export async function createRevocationList(
	authority: KeyPair,
	revoked: readonly RevokedCertificate[],
	number: bigint,
	now: Date,
): Promise<string> {
	const issuer = new x509.X509Certificate(authority.cert);
	const list = await x509.X509CrlGenerator.create(
		{
			issuer: issuer.subject,
			thisUpdate: now,
			// The next one comes with the next revocation. Until then this one is complete.
			nextUpdate: issuer.notAfter,
			signingAlgorithm: SIGNATURE,
			signingKey: await importPrivateKey(authority.key),
			entries: revoked.map(({ serial, at }) => ({
				serialNumber: positiveDigits(serial),
				revocationDate: at,
				reason: x509.X509CrlReason.privilegeWithdrawn,
			})),
			extensions: [
				new x509.Extension(CRL_NUMBER, false, encodeInteger(number)),
				await x509.AuthorityKeyIdentifierExtension.create(
					await issuer.publicKey.export(webcrypto),
					false,
					webcrypto,
				),
			],
		},
		webcrypto,
	);
	// The library would write the tag "CRL", which OpenSSL does not read.
	return `${x509.PemConverter.encode(list.rawData, TAG)}\n`;
}

/**
 * Reads lists, and verifies that authorities of this PEM signed them.
 *
 * @throws Error with a part of a sentence about the file: "holds no …".
 */
export async function readRevocationLists(pem: string, authorities: string): Promise<RevocationList[]> {
	const issuers = x509.PemConverter.decode(authorities).map((der) => new x509.X509Certificate(der));
	const blocks = x509.PemConverter.decodeWithHeaders(pem).filter(({ type }) => type === TAG);
	if (blocks.length === 0) throw new Error('holds no revocation list in PEM');
	const lists: RevocationList[] = [];
	for (const { rawData } of blocks) {
		const { list, nextUpdate } = parse(rawData);
		const issuer = await findIssuer(list, issuers);
		if (issuer === undefined) {
			throw new Error(`holds a revocation list of "${list.issuer}", which no trusted authority has signed`);
		}
		lists.push({
			authority: issuer.toString('pem'),
			number: numberOf(list),
			nextUpdate,
			revoked: list.entries.map(({ serialNumber, revocationDate }) => ({
				serial: normalizeSerial(serialNumber),
				at: revocationDate,
			})),
		});
	}
	return lists;
}

/** A serial number as it stands in lists here. */
export function normalizeSerial(digits: string): string {
	return digits.toLowerCase().replace(/^0+(?=.)/, '');
}

function parse(der: ArrayBuffer): { readonly list: x509.X509Crl; readonly nextUpdate: Date } {
	let list: x509.X509Crl;
	try {
		list = new x509.X509Crl(der);
		// Parsed when it is first read.
		void list.entries.length;
	} catch (cause) {
		throw new Error('holds a revocation list that cannot be parsed', { cause });
	}
	// RFC 5280 wants one; and without it the library sees no entries (@peculiar/x509 1.14, tried).
	const { nextUpdate } = list;
	if (nextUpdate === undefined) {
		throw new Error('holds a revocation list that does not say when the next one comes (nextUpdate)');
	}
	// Partial lists, and lists of what others have issued (RFC 5280, 5.2): to read them as whole ones would let revoked
	// callers in.
	const unknown = [list, ...list.entries]
		.flatMap(({ extensions }) => extensions)
		.find(({ critical }) => critical);
	if (unknown !== undefined) {
		throw new Error(
			`holds a revocation list with the critical extension ${unknown.type}, which is not known`,
		);
	}
	return { list, nextUpdate };
}

async function findIssuer(
	list: x509.X509Crl,
	issuers: readonly x509.X509Certificate[],
): Promise<x509.X509Certificate | undefined> {
	for (const issuer of issuers) {
		if (issuer.subject !== list.issuer) continue;
		const isSigned = await list.verify({ publicKey: issuer.publicKey }, webcrypto).catch(() => false);
		if (isSigned) return issuer;
	}
	return undefined;
}

/** DER of an INTEGER that is not negative. */
function encodeInteger(value: bigint): Buffer {
	const bytes = Buffer.from(positiveDigits(value.toString(16)), 'hex');
	return Buffer.concat([Buffer.from([0x02, bytes.length]), bytes]);
}

function numberOf(list: x509.X509Crl): bigint {
	const extension = list.getExtension(CRL_NUMBER);
	if (extension === null) return 0n;
	// Behind the tag and the length, one byte each: numbers have at most 20 bytes.
	const digits = Buffer.from(extension.value).subarray(2).toString('hex');
	return BigInt(`0x0${digits}`);
}

/** Whole bytes of a number whose first bit is 0, as positive ones have it in DER. */
function positiveDigits(digits: string): string {
	const bytes = digits.length % 2 === 0 ? digits : `0${digits}`;
	return /^[89a-f]/.test(bytes) ? `00${bytes}` : bytes;
}
