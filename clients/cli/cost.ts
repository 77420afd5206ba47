import type { Command } from 'commander';
import { type ListFormat, listFormatOption } from './list-format.js';
import { addNodeOptions, type NodeOptions } from './node-options.js';

/** Options of `sonde cost`. */
export interface CostOptions extends NodeOptions {
	readonly output: ListFormat;
}

/** Adds `sonde cost`. */
export function addCost(program: Command): void {
	addNodeOptions(program.command('cost').summary('say what a trace costs'))
		.description(
			'Says what a trace costs: per call of a traced program, per second, per core, and in memory. Time in programs ' +
				'is measured on a sample of their runs; the way of the kernel to a program (100 to 300 ns for a tracepoint) is ' +
				'not in it.',
		)
		.argument('<id>', 'id of the trace, as "sonde ps" gives it')
		.addOption(listFormatOption())
		.action(async (traceId: string, options: CostOptions) => {
			const { runCost } = await import('./run-cost.js');
			await runCost(traceId, options);
		});
}
