import type { Command } from 'commander';
import { Code, SondeError } from '../typescript/index.js';
import { accountingLine, sumUp } from './accounting-line.js';
import { CliError } from './cli-error.js';
import { addNodeOptions, type NodeOptions, withClient } from './node-options.js';
import { createOutput } from './output.js';

/** Adds `sonde stop`. */
export function addStop(program: Command): void {
	addNodeOptions(program.command('stop').summary('stop a trace'))
		.description(
			'Stops a trace, whoever reads it, and prints where its events went, on one line. Here "sent" counts the ' +
				'events made for readers: what each of them got stands at the end of its own stream.',
		)
		.argument('<id>', 'id of the trace, as "sonde ps" gives it')
		.action(async (traceId: string, options: NodeOptions) => {
			const trace = await withClient(options, async (client) => {
				try {
					return (await client.stopTrace({ traceId })).trace;
				} catch (error) {
					if (!(error instanceof SondeError) || error.code !== Code.NOT_FOUND) throw error;
					throw new CliError(`no trace ${traceId} on ${options.node}`, { cause: error });
				}
			});
			if (trace?.accounting === undefined)
				throw new CliError('the node stopped the trace without its accounting');
			const { accounting, endReason } = trace;
			const line = accountingLine(sumUp(accounting, endReason, accounting.total?.encoded ?? 0n));
			await createOutput(process.stdout).write(`${line}\n`);
		});
}
