import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { parseAddress } from '../typescript/address.js';
import { integerOption } from './option-parsers.js';
import { type ServingOptions, servingOptions, withServingDefaults } from './serve-options.js';

interface ServeOptions extends Partial<ServingOptions> {
	readonly config?: string;
	readonly metricsPort?: number;
	readonly policy?: string;
	readonly unix?: string;
	readonly allowAnonymous?: boolean;
	readonly serverName?: readonly string[];
}

const MAX_PORT = 65_535;

/** Adds `sonde serve`. */
export function addServe(program: Command): void {
	const [listen, state, logLevel] = servingOptions();
	program
		.command('serve')
		.summary('run a node on this host')
		.description(
			'Runs a node on this host until SIGTERM or SIGINT. The first start makes an authority and the identity of an ' +
				'administrator in the state directory. "sonde doctor" says what this host needs for it.',
		)
		.addOption(listen)
		.addOption(state)
		.addOption(
			new Option(
				'--server-name <name>',
				"name or address by which callers reach this node, for the node's certificate; may be repeated",
			).argParser((name: string, before: readonly string[] = []) => [...before, name]),
		)
		.option('--config <file>', 'what the node allows, in YAML')
		.option(
			'--policy <file>',
			'who may do what, in YAML; "sonde policy" explains it; default: the roles of its own identities',
		)
		.option('--unix <path>', 'listen on this unix socket too, where the kernel says who calls')
		.option('--allow-anonymous', 'let callers on loopback in who prove nothing; by default they are viewers')
		.addOption(
			new Option(
				'--metrics-port <port>',
				'serve Prometheus metrics on this port of 127.0.0.1, to whoever asks; default: none',
			).argParser(integerOption(0, MAX_PORT)),
		)
		.addOption(logLevel)
		.action(
			async ({ config, metricsPort, policy, unix, allowAnonymous, serverName, ...given }: ServeOptions) => {
				const { listen, state, logLevel } = withServingDefaults(given);
				const address = parseAddress(listen);
				const { dropPrivileges } = await import('../../service/privileges/drop-privileges.js');
				dropPrivileges(address);
				// Loaded here only: the other commands need neither the service nor its native parts.
				const { runNode } = await import('../../service/main.js');
				await runNode({
					...address,
					...{ stateDir: state, configFile: config, policyFile: policy, metricsPort, logLevel },
					...{ unixSocket: unix && resolve(unix), allowAnonymous: allowAnonymous ?? false },
					serverNames: serverName ?? [],
				});
			},
		);
}
