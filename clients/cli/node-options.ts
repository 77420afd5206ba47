import { type Command, Option } from 'commander';
import { parseNodeAddress } from '../typescript/node-address.js';
import { optionParser } from './option-parsers.js';

/** As whom to call. */
export interface CallerOptions {
	/** Directory of the identity; not looked at for a unix socket. */
	readonly identity: string;
	/** File with a bearer token. */
	readonly tokenFile?: string;
}

/** Options of every command that calls a node. */
export interface NodeOptions extends CallerOptions {
	/** host:port or unix:/path. */
	readonly node: string;
}

export const DEFAULT_NODE = '127.0.0.1:7443';

/** Adds --identity and --token-file to a command. */
export function addCallerOptions(command: Command): Command {
	return command
		.addOption(
			new Option(
				'--identity <dir>',
				'directory with ca.pem, cert.pem and key.pem of the caller; ca.pem alone is enough with a token. ' +
					'Unix sockets need none',
			)
				.env('SONDE_IDENTITY')
				.default('/var/lib/sonde/identities/admin'),
		)
		.addOption(
			new Option(
				'--token-file <file>',
				'file with a bearer token of the caller; it is read for each call',
			).env('SONDE_TOKEN_FILE'),
		);
}

/** Makes --node, of a command that says what it is for. */
export function nodeOption(description: string): Option {
	return new Option('--node <address>', description).argParser(
		optionParser((text) => {
			parseNodeAddress(text);
			return text;
		}),
	);
}

/** Adds --node, --identity and --token-file to a command. */
export function addNodeOptions(command: Command): Command {
	const node = nodeOption('node to call, as host:port or unix:/path').env('SONDE_NODE').default(DEFAULT_NODE);
	return addCallerOptions(command.addOption(node));
}
