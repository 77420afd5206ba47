import { type Command, Option } from 'commander';
import { parseAddress } from '../typescript/address.js';
import { DEFAULT_NODE } from './node-options.js';
import { addressOption, integerOption } from './option-parsers.js';

interface ServeOptions {
	readonly listen: string;
	readonly state: string;
	readonly config?: string;
	readonly metricsPort?: number;
	readonly logLevel: string;
}

const MAX_PORT = 65_535;

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
		.option('--config <file>', 'what the node allows, in YAML')
		.addOption(
			new Option(
				'--metrics-port <port>',
				'serve Prometheus metrics on this port of 127.0.0.1, to whoever asks; default: none',
			).argParser(integerOption(0, MAX_PORT)),
		)
		.addOption(
			new Option('--log-level <level>', 'least important lines of the log')
				.choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
				.default('info'),
		)
		.action(async ({ listen, state, config, metricsPort, logLevel }: ServeOptions) => {
			// Loaded here only: the other commands need neither the service nor its native parts.
			const { runNode } = await import('../../service/main.js');
			await runNode({
				...parseAddress(listen),
				...{ stateDir: state, configFile: config, metricsPort, logLevel },
			});
		});
}
