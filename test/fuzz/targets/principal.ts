// Names in certificates: any bytes in the place of alternative names and of the common name give one safe name, or none. A
// certificate needs no valid signature here: it has been verified when its names are read. In the input: the length of the
// common name, the common name, then the bytes inside of the extension.
import { X509Certificate } from 'node:crypto';
import { PrincipalError, principalFrom } from '../../../service/auth/certificates/principal.js';

const ED25519 = Buffer.from('300506032b6570', 'hex');
const PUBLIC_KEY = der(0x30, ED25519, der(0x03, Buffer.alloc(33)));
const VALIDITY = der(0x30, der(0x17, Buffer.from('250101000000Z')), der(0x17, Buffer.from('450101000000Z')));
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const ALTERNATIVE_NAMES = Buffer.from('0603551d11', 'hex');
const URI_TAG = 0x86;

export function fuzz(data: Buffer): void {
	const commonName = data.subarray(1, 1 + (data[0] ?? 0));
	const alternatives = data.subarray(1 + commonName.length);
	const certificate = readCertificate(commonName, alternatives);
	if (certificate === undefined) return;
	const principal = nameOf(certificate);
	if (principal === undefined) return;
	if (/[\p{C}\p{Zl}\p{Zp}\s,]/u.test(principal.replaceAll(' ', '')))
		throw new Error(`an unsafe name: ${principal}`);
	if (principal.startsWith('x509:CN=')) return;
	// A SPIFFE id that is the value of a URI name, in the very bytes.
	const value = Buffer.from(principal, 'latin1');
	const name = der(URI_TAG, value);
	if (!alternatives.includes(name)) throw new Error(`nobody wrote this name: ${principal}`);
}

function nameOf(certificate: X509Certificate): string | undefined {
	try {
		return principalFrom(certificate);
	} catch (error) {
		if (error instanceof PrincipalError) return undefined;
		// Callers take any error for "cannot be read"; it must be one of ours or of Node, and not a slip.
		if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError)
			throw error;
		return undefined;
	}
}

function readCertificate(commonName: Buffer, alternatives: Buffer): X509Certificate | undefined {
	const name = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, commonName))));
	const extension = der(0x30, ALTERNATIVE_NAMES, der(0x04, der(0x30, alternatives)));
	const version = der(0xa0, der(0x02, Buffer.of(2)));
	const content = [version, der(0x02, Buffer.of(1)), ED25519, name, VALIDITY, name, PUBLIC_KEY];
	const signed = der(0x30, ...content, der(0xa3, der(0x30, extension)));
	try {
		return new X509Certificate(der(0x30, signed, ED25519, der(0x03, Buffer.alloc(65))));
	} catch {
		return undefined;
	}
}

/** Tag, length and value: X.690, section 8.1. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
	const value = Buffer.concat(parts);
	if (value.length < 0x80) return Buffer.concat([Buffer.of(tag, value.length), value]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(value.length);
	const short = length.subarray(length.findIndex((byte) => byte !== 0));
	return Buffer.concat([Buffer.of(tag, 0x80 | short.length), short, value]);
}
