import { type Command, Option } from 'commander';
import { type ListFormat, listFormatOption } from './list-format.js';
import { identityOption } from './node-options.js';
import { addressOption } from './option-parsers.js';

/** Options of `sonde doctor`. */
export interface DoctorOptions {
	readonly node?: string;
	readonly identity: string;
	readonly output: ListFormat;
}

/** Adds `sonde doctor`. */
export function addDoctor(program: Command): void {
	program
		.command('doctor')
		.summary('say what this kernel and these privileges allow')
		.description(
			'Says what this kernel and these privileges allow, and what to do about each gap. Needs no running node. ' +
				'Ends with 1 if nothing can be traced.',
		)
		.addOption(
			new Option('--node <host:port>', 'ask this node what it found instead').argParser(addressOption),
		)
		.addOption(identityOption())
		.addOption(listFormatOption())
		.action(async (options: DoctorOptions) => {
			const { runDoctor } = await import('./run-doctor.js');
			await runDoctor(options);
		});
}
