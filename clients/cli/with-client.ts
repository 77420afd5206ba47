import { connect } from '../typescript/connect.js';
import type { SondeClient } from '../typescript/sonde-client.js';
import { tokenFromFile } from '../typescript/token.js';
import type { NodeOptions } from './node-options.js';

/** Calls `use` with a client for the node and closes it afterwards. */
export async function withClient<Result>(
	{ node, identity, tokenFile }: NodeOptions,
	use: (client: SondeClient) => Promise<Result>,
): Promise<Result> {
	const token = tokenFile === undefined ? undefined : tokenFromFile(tokenFile);
	const client = connect({ address: node, identity, token });
	try {
		return await use(client);
	} finally {
		client.close();
	}
}
