import { parseAddress } from './address.js';
import { createChannel } from './channel.js';
import { type Identity, loadIdentity } from './identity.js';
import { createSondeClient, type SondeClient } from './sonde-client.js';
import { createTransport } from './transport.js';

/** Which node to call, and as whom. */
export interface ConnectOptions {
	/** The node, as `host:port` or `[IPv6]:port`; its certificate must list this host. */
	readonly address: string;
	/** A directory with `ca.pem`, `cert.pem` and `key.pem`, or their contents. */
	readonly identity: string | Identity;
}

/**
 * Makes a client for a node. It connects with the first call; close() ends the connection.
 *
 * @throws RangeError when the address is not one, IdentityError when the identity cannot be read or is not one.
 */
export function connect({ address, identity }: ConnectOptions): SondeClient {
	const parsed = parseAddress(address);
	const channel = createChannel(parsed, typeof identity === 'string' ? loadIdentity(identity) : identity);
	return createSondeClient(createTransport(channel, address), address);
}
