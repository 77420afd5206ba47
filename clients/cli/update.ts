import { type Command, Option } from 'commander';
import { addLimitOptions, type LimitOptions } from './limit-options.js';
import { addNodeOptions, type NodeOptions } from './node-options.js';
import { durationOption } from './option-parsers.js';

/** Longest lease by the contract of UpdateTraceRequest.lease, ms. */
const MAX_LEASE_MS = 3_600_000;

/** Options of `sonde update`. */
export interface UpdateOptions extends NodeOptions, LimitOptions {
	readonly lease?: number;
}

/** Adds `sonde update`. */
export function addUpdate(program: Command): void {
	const command = program
		.command('update')
		.summary('change a trace while it runs')
		.description(
			'Changes filter, sampling, limits or lease of a trace while it runs; no event is missed or doubled. What is not given ' +
				'stays. A lease is counted from now on.',
		)
		.argument('<id>', 'id of the trace, as "sonde ps" gives it');
	addLimitOptions(command).addOption(
		new Option('--lease <duration>', 'how long the trace lives from now on with nobody reading it').argParser(
			durationOption(MAX_LEASE_MS, '1h'),
		),
	);
	addNodeOptions(command).action(async (traceId: string, options: UpdateOptions) => {
		const { runUpdate } = await import('./run-update.js');
		await runUpdate(traceId, options);
	});
}
