import { posix } from 'node:path';
import { type Address, parseAddress } from './address.js';

/** Where a node is called. */
export type NodeAddress =
	| { readonly kind: 'tcp'; readonly address: Address }
	/** A socket of this host; the path is absolute. */
	| { readonly kind: 'unix'; readonly path: string };

/** Longest path that fits struct sockaddr_un, bytes. */
const MAX_PATH_BYTES = 107;

/**
 * Reads `host:port`, `[IPv6]:port` or `unix:/path`, also as gRPC has it elsewhere, `unix:///path`.
 *
 * @throws RangeError that names the text when it is none of these, or the path is too long for a socket.
 */
export function parseNodeAddress(text: string): NodeAddress {
	if (!text.startsWith('unix:')) return { kind: 'tcp', address: parseAddress(text) };
	const [, given] = /^unix:(?:\/\/(?=\/))?(\/[^\p{Cc}]*)$/u.exec(text) ?? [];
	// Two slashes would begin the name of a host: there is none in the address of a socket.
	if (given === undefined || given.startsWith('//') || given.endsWith('/')) {
		throw new RangeError(
			`${JSON.stringify(text)} is not a unix socket like unix:/run/sonde/sonde.sock: the path must be absolute`,
		);
	}
	const path = posix.normalize(given);
	const bytes = Buffer.byteLength(path);
	if (bytes > MAX_PATH_BYTES) {
		throw new RangeError(`the path of "${text}" has ${bytes} bytes, must have at most ${MAX_PATH_BYTES}`);
	}
	return { kind: 'unix', path };
}
