import type { Command } from 'commander';
import { type ListFormat, listFormatOption } from './list-format.js';
import { addCallerOptions, type CallerOptions, nodeOption } from './node-options.js';

/** Options of `sonde doctor`. */
export interface DoctorOptions extends CallerOptions {
	readonly node?: string;
	readonly output: ListFormat;
}

/** Adds `sonde doctor`. */
export function addDoctor(program: Command): void {
	const command = program
		.command('doctor')
		.summary('say what this kernel and these privileges allow')
		.description(
			'Says what this kernel and these privileges allow, and what to do about each gap. Needs no running node. ' +
				'Ends with 1 if nothing can be traced.',
		)
		.addOption(nodeOption('ask this node what it found instead; host:port or unix:/path'));
	addCallerOptions(command)
		.addOption(listFormatOption())
		.action(async (options: DoctorOptions) => {
			const { runDoctor } = await import('./run-doctor.js');
			await runDoctor(options);
		});
}
