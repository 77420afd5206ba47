import { type Command, Option } from 'commander';
import { addressOption } from './option-parsers.js';

/** Options of every command that calls a node. */
export interface NodeOptions {
	/** host:port. */
	readonly node: string;
	/** Directory of the identity. */
	readonly identity: string;
}

export const DEFAULT_NODE = '127.0.0.1:7443';

/** Adds --identity. */
export function identityOption(): Option {
	return new Option('--identity <dir>', 'directory with ca.pem, cert.pem and key.pem of the caller')
		.env('SONDE_IDENTITY')
		.default('/var/lib/sonde/identities/admin');
}

/** Adds --node and --identity to a command. */
export function addNodeOptions(command: Command): Command {
	return command
		.addOption(
			new Option('--node <host:port>', 'node to call')
				.env('SONDE_NODE')
				.default(DEFAULT_NODE)
				.argParser(addressOption),
		)
		.addOption(identityOption());
}
