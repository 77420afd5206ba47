import { type Command, Option } from 'commander';
import { addNodeOptions, type NodeOptions } from './node-options.js';

/** Options of `sonde filter`. */
export interface FilterOptions extends NodeOptions {
	/** Empty: what all probes have in common. */
	readonly probe: string;
	/** Shows the instructions too. */
	readonly explain: boolean;
}

const HELP = `
Examples:
  sonde filter check 'path.startsWith("/etc/") && process.uid != 0' --probe file.open
  sonde filter explain 'process.tgid in [1, 2, 3]'`;

/** Adds `sonde filter check` and `sonde filter explain`. */
export function addFilter(program: Command): void {
	const filter = program
		.command('filter')
		.summary('check a filter, or show what it becomes')
		.description(
			'Type-checks and compiles filters, and has the kernel verify them, without starting anything.',
		)
		.helpCommand(false)
		.addHelpText('after', HELP);
	addSubcommand(filter, 'check', 'says whether a filter is right, and where it runs', false);
	addSubcommand(filter, 'explain', 'shows the eBPF instructions that a filter becomes', true);
}

function addSubcommand(filter: Command, name: string, summary: string, explain: boolean): void {
	const command = filter
		.command(name)
		.summary(summary)
		.description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
		.argument('<expression>', 'the filter, in CEL')
		.addOption(
			new Option('--probe <id>', 'whose fields it may name; default: what all probes have in common').default(
				'',
				'',
			),
		);
	addNodeOptions(command).action(async (expression: string, options: NodeOptions & { probe: string }) => {
		const { runFilter } = await import('./run-filter.js');
		await runFilter(expression, { ...options, explain });
	});
}
