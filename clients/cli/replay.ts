import { type Command, Option } from 'commander';
import { type EventFormat, eventFormatOption } from './event-format.js';
import { type ServingOptions, servingOptions } from './serve-options.js';

/** Options of `sonde replay`. */
export interface ReplayOptions extends Partial<ServingOptions> {
	readonly serve: boolean;
	readonly output: EventFormat;
}

const HELP = `
A file that was cut off or damaged gives what is whole; then a line on standard error says where it breaks, and the command
ends with 1. With --serve, streams end there with DATA_LOSS.

Examples:
  sonde trace file.open --for 10s --record opens.rec
  sonde replay opens.rec
  sonde replay opens.rec -o json | jq .fileOpen.path
  sonde replay opens.rec --serve --listen 127.0.0.1:7444   clients read it as they would read a node`;

/** Adds `sonde replay`. */
export function addReplay(program: Command): void {
	const [listen, state, logLevel] = servingOptions();
	const command = program
		.command('replay')
		.summary('print a recording, or serve it as a node would')
		.description(
			'Prints the events of a recording that sonde trace --record made, as sonde trace would have; or serves it ' +
				'through the API of a node, until SIGTERM or SIGINT. Neither needs anything of the kernel.',
		)
		.argument('<file>', 'the recording')
		.addOption(eventFormatOption())
		.addOption(new Option('--serve', 'serve it; whoever may call may read it').default(false));
	for (const option of [listen, state, logLevel]) command.addOption(option);
	command.addHelpText('after', HELP).action(async (file: string, options: ReplayOptions) => {
		if (options.serve && command.getOptionValueSource('output') === 'cli') {
			command.error('error: --serve prints no events: leave --output out');
		}
		const needsServe = [listen, state, logLevel].find(
			(option) => command.getOptionValue(option.attributeName()) !== undefined,
		);
		if (!options.serve && needsServe !== undefined) command.error(`error: ${needsServe.long} needs --serve`);
		const { runReplay } = await import('./run-replay.js');
		await runReplay(file, options);
	});
}
