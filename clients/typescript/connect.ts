import { createChannel, type GivenIdentity } from './channel.js';
import { createSondeClient, type SondeClient } from './sonde-client.js';
import { checkToken, type Token } from './token.js';
import { createTransport } from './transport.js';

/** Which node to call, and as whom. */
export interface ConnectOptions {
	/**
	 * The node, as `host:port` or `[IPv6]:port`, which its certificate must list, or as `unix:/path` for a socket of this
	 * host.
	 */
	readonly address: string;
	/**
	 * A directory with `ca.pem`, `cert.pem` and `key.pem`, or their contents; `ca.pem` alone for callers with a token or
	 * anonymous ones. Not needed, and not looked at, for a unix socket.
	 */
	readonly identity?: GivenIdentity | undefined;
	/**
	 * A bearer token; where the node takes tokens it says more than a certificate. A function is asked before each call,
	 * also of a stream's, which does not change it later. Sent over TLS and unix sockets only.
	 */
	readonly token?: Token | undefined;
}

/**
 * Makes a client for a node. It connects with the first call; close() ends the connection.
 *
 * @throws RangeError when the address is not one; IdentityError when the identity is missing, cannot be read or is not
 *   one, or the token cannot be one.
 */
export function connect({ address, identity, token }: ConnectOptions): SondeClient {
	if (typeof token === 'string') checkToken(token);
	const channel = createChannel(address, identity);
	return createSondeClient(createTransport(channel, address, token), address);
}
