import { Option } from 'commander';
import { DEFAULT_NODE } from './node-options.js';
import { addressOption } from './option-parsers.js';

export const DEFAULT_STATE = '/var/lib/sonde';
export const DEFAULT_LOG_LEVEL = 'info';

/** What every command that serves is told. */
export interface ServingOptions {
	/** host:port. */
	readonly listen: string;
	readonly state: string;
	readonly logLevel: string;
}

/** --listen, --state and --log-level, in this order. Without defaults: a command may have to know what was given. */
export function servingOptions(): [listen: Option, state: Option, logLevel: Option] {
	return [
		new Option(
			'--listen <host:port>',
			`address to listen on; port 0 takes a free one (default: ${DEFAULT_NODE})`,
		).argParser(addressOption),
		new Option('--state <dir>', `directory for keys and identities (default: ${DEFAULT_STATE})`),
		new Option(
			'--log-level <level>',
			`least important lines of the log (default: ${DEFAULT_LOG_LEVEL})`,
		).choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace']),
	];
}

/** Completes what was given. */
export function withServingDefaults(given: Partial<ServingOptions>): ServingOptions {
	return { listen: DEFAULT_NODE, state: DEFAULT_STATE, logLevel: DEFAULT_LOG_LEVEL, ...given };
}
