import { type Command, Option } from 'commander';
import { type ListFormat, listFormatOption } from './list-format.js';
import { optionParser } from './option-parsers.js';
import { DEFAULT_STATE } from './serve-options.js';
import { parseValidity } from './validity.js';

/** Options of `sonde identity issue`. */
export interface IssueOptions {
	readonly state: string;
	readonly role?: 'viewer' | 'operator' | 'admin';
	/** Milliseconds. */
	readonly valid: number;
	readonly renew: boolean;
	readonly out?: string;
}

const DEFAULT_VALIDITY = '90d';

/** Adds `sonde identity`. */
export function addIdentity(program: Command): void {
	const identity = program
		.command('identity')
		.summary('issue, list and revoke identities of callers')
		.description(
			'Manages the client certificates of the authority in a state directory, on the host of the node, whether it runs ' +
				'or not. A running node takes up what has changed within two seconds.',
		)
		.helpCommand(false);
	addIssue(identity);
	addList(identity);
	addRevoke(identity);
}

function addIssue(identity: Command): void {
	identity
		.command('issue <name>')
		.summary('issue an identity')
		.description(
			'Issues a client certificate with a new key and writes cert.pem, key.pem and ca.pem, what a client needs. The node ' +
				'knows its holder as spiffe://sonde/NODE/ROLE/NAME; its policy says what the role allows.',
		)
		.addOption(stateOption())
		.addOption(
			new Option(
				'--role <role>',
				'what its holder is (default: viewer; of a renewed one: as before)',
			).choices(['viewer', 'operator', 'admin']),
		)
		.addOption(
			new Option('--valid <time>', 'how long, for example 12h or 90d')
				.argParser(optionParser(parseValidity))
				.default(parseValidity(DEFAULT_VALIDITY), DEFAULT_VALIDITY),
		)
		.addOption(
			new Option(
				'--renew',
				'another certificate for a name that has one, which stays valid until it ends or is revoked',
			).default(false),
		)
		.option('--out <dir>', 'directory to write to (default: identities/NAME in the state directory)')
		.action(async (name: string, options: IssueOptions) => {
			const { runIssue } = await import('./run-identity.js');
			await runIssue(name, options);
		});
}

function addList(identity: Command): void {
	identity
		.command('list')
		.summary('list the identities that were issued')
		.description(
			'Lists all certificates of callers, oldest first, also those that have been revoked, and those that expired in the ' +
				'last 90 days.',
		)
		.addOption(stateOption())
		.addOption(listFormatOption())
		.action(async (options: { readonly state: string; readonly output: ListFormat }) => {
			const { runList } = await import('./run-identity.js');
			await runList(options);
		});
}

function addRevoke(identity: Command): void {
	identity
		.command('revoke <name|serial>')
		.summary('revoke an identity')
		.description(
			'Revokes all certificates of a name, or the one with a serial number, for good: crl.pem in the state directory is ' +
				'the list. A running node refuses their calls and ends their streams.',
		)
		.addOption(stateOption())
		.action(async (nameOrSerial: string, options: { readonly state: string }) => {
			const { runRevoke } = await import('./run-identity.js');
			await runRevoke(nameOrSerial, options);
		});
}

function stateOption(): Option {
	return new Option('--state <dir>', "the node's directory for keys and identities").default(DEFAULT_STATE);
}
