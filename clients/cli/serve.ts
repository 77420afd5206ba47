import { type Command, Option } from 'commander';
import { parseAddress } from '../typescript/index.js';
import { DEFAULT_NODE } from './node-options.js';
import { addressOption } from './option-parsers.js';

interface ServeOptions {
	readonly listen: string;
	readonly state: string;
	readonly logLevel: string;
}

/** Adds `sonde serve`. */
export function addServe(program: Command): void {
	program
		.command('serve')
		.summary('run a node on this host')
		.description(
			'Runs a node on this host until SIGTERM or SIGINT. The first start makes an authority and the identity of an ' +
				'administrator in the state directory. "sonde doctor" says what this host needs for it.',
		)
		.addOption(
			new Option('--listen <host:port>', 'address to listen on; port 0 takes a free one')
				.default(DEFAULT_NODE)
				.argParser(addressOption),
		)
		.option('--state <dir>', 'directory for keys and identities', '/var/lib/sonde')
		.addOption(
			new Option('--log-level <level>', 'least important lines of the log')
				.choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
				.default('info'),
		)
		.action(async ({ listen, state, logLevel }: ServeOptions) => {
			// Loaded here only: the other commands need neither the service nor its native parts.
			const { runNode } = await import('../../service/main.js');
			await runNode({
				...parseAddress(listen),
				stateDir: state,
				metricsPort: undefined,
				configFile: undefined,
				logLevel,
			});
		});
}
