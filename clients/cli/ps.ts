import { type Command, Option } from 'commander';
import { type ListFormat, listFormatOption } from './list-format.js';
import { addNodeOptions, type NodeOptions } from './node-options.js';

/** Options of `sonde ps`. */
export interface PsOptions extends NodeOptions {
	readonly output: ListFormat;
	readonly watch: boolean;
}

/** Adds `sonde ps`. */
export function addPs(program: Command): void {
	addNodeOptions(program.command('ps').summary('list your traces'))
		.description(
			'Lists your traces on a node, oldest first; ended ones too while the node remembers them (10 minutes).\n' +
				'ENCODED counts the events made for readers, LOST those lost before that. CPU is the share of one core that ' +
				"the programs of the trace take now, READER that of the node's reader since the start, NS/HIT what each hit costs the program that makes it, MEMORY what the " +
				'kernel charges for maps and the node retains.',
		)
		.addOption(listFormatOption())
		.addOption(new Option('-w, --watch', 'show the list again every second, until Ctrl-C').default(false))
		.action(async (options: PsOptions) => {
			const { runPs } = await import('./run-ps.js');
			await runPs(options);
		});
}
