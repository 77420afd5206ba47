import type { Command } from 'commander';
import { addNodeOptions, type NodeOptions } from './node-options.js';

/** Adds `sonde health`. */
export function addHealth(program: Command): void {
	addNodeOptions(program.command('health').summary('say whether a node serves'))
		.description(
			'Asks a node by grpc.health.v1 whether it serves. Ends with 0 if it does, with 1 if not, or if it does not ' +
				'answer within 5 seconds. Meant for the health checks of containers and service managers.',
		)
		.action(async (options: NodeOptions) => {
			const { runHealth } = await import('./run-health.js');
			await runHealth(options);
		});
}
