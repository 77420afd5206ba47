import type { Command } from 'commander';
import { addNodeOptions, type NodeOptions } from './node-options.js';

/** Adds `sonde stop`. */
export function addStop(program: Command): void {
	addNodeOptions(program.command('stop').summary('stop a trace'))
		.description(
			'Stops a trace, whoever reads it, and prints where its events went, on one line. Here "sent" counts the ' +
				'events made for readers: what each of them got stands at the end of its own stream.',
		)
		.argument('<id>', 'id of the trace, as "sonde ps" gives it')
		.action(async (traceId: string, options: NodeOptions) => {
			const { runStop } = await import('./run-stop.js');
			await runStop(traceId, options);
		});
}
