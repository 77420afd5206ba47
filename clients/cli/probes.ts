import type { Command } from 'commander';
import { type ListFormat, listFormatOption } from './list-format.js';
import { addNodeOptions, type NodeOptions } from './node-options.js';

/** Options of `sonde probes`. */
export interface ProbesOptions extends NodeOptions {
	readonly output: ListFormat;
}

/** Adds `sonde probes`. */
export function addProbes(program: Command): void {
	addNodeOptions(program.command('probes').summary('list what can be watched'))
		.description(
			'Lists the probes of a node, or everything about one: its fields and options, its cost, where it is attached.',
		)
		.argument('[id]', 'id of a probe')
		.addOption(listFormatOption())
		.action(async (id: string | undefined, options: ProbesOptions) => {
			const { runProbes } = await import('./run-probes.js');
			await runProbes(id, options);
		});
}
