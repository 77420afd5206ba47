import { type Command, Option } from 'commander';

const FORMATS = ['jsonl', 'csv', 'perfetto'] as const;

/** What a recording can be made into. */
export type ConvertFormat = (typeof FORMATS)[number];

/** Options of `sonde convert`. */
export interface ConvertOptions {
	readonly to: ConvertFormat;
	readonly out?: string;
}

const HELP = `
jsonl     the lines that sonde trace -o json prints
csv       RFC 4180: a line of names, then one line for each event; a column for each field that an event of the recorded
          probes can have. Lists and messages are JSON, bytes base64, what an event does not have is empty.
perfetto  for https://ui.perfetto.dev and trace_processor: events of each thread; those with a latency or a duration are
          slices that end when the event happened

A file that was cut off or damaged gives what is whole; then a line on standard error says where it breaks, and the command
ends with 1.

Examples:
  sonde convert opens.rec --to csv -O opens.csv
  sonde convert opens.rec --to perfetto -O opens.perfetto-trace`;

/** Adds `sonde convert`. */
export function addConvert(program: Command): void {
	program
		.command('convert')
		.summary('make a recording into what other programs read')
		.description('Makes JSON lines, CSV or a Perfetto trace of a recording that sonde trace --record made.')
		.argument('<file>', 'the recording')
		.addOption(new Option('--to <format>', 'what to make').choices(FORMATS).makeOptionMandatory())
		.addOption(new Option('-O, --out <file>', 'a new file to write to (default: standard output)'))
		.addHelpText('after', HELP)
		.action(async (file: string, options: ConvertOptions) => {
			const { runConvert } = await import('./run-convert.js');
			await runConvert(file, options);
		});
}
