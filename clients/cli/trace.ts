import { type Command, Option } from 'commander';
import { type EventFormat, eventFormatOption } from './event-format.js';
import { addLimitOptions, type LimitOptions } from './limit-options.js';
import { addNodeOptions, type NodeOptions } from './node-options.js';
import {
	durationOption,
	integerOption,
	optionParser,
	type WrittenOption,
	writtenOption,
} from './option-parsers.js';
import { parseSize } from './size.js';

/** The longest that a trace may live, by the contract of StartTraceRequest.max_duration, ms. */
export const MAX_DURATION_MS = 24 * 3_600_000;

/** Longest lease by the contract of StartTraceRequest.lease, ms. */
const MAX_LEASE_MS = 3_600_000;

/** Longest delay of a batch by the contract of BatchOptions.max_delay, ms. */
const MAX_BATCH_DELAY_MS = 10_000;

/** What happens when this command is too slow. */
export type OnSlow = 'drop-oldest' | 'drop-newest' | 'pause';

/** Options of `sonde trace`. */
export interface TraceOptions extends NodeOptions, LimitOptions {
	readonly for?: number;
	readonly maxEvents?: number;
	readonly batchDelay?: number;
	readonly ring?: number;
	readonly lease?: number;
	readonly resume?: string;
	readonly after?: number;
	readonly detach: boolean;
	readonly onSlow?: OnSlow;
	readonly option?: readonly WrittenOption[];
	readonly record?: string;
	readonly output: EventFormat;
}

const HELP = `
Ctrl-C stops the trace on the node and shows what it captured until then; a second Ctrl-C ends at once. With --resume,
Ctrl-C leaves the trace as it is.

The last line, on standard error, says where the events went:
  fired    times a probe was hit
  matched  of these, passed sampling and filter
  sent     came to this command
  lost     to the rate limit, full buffers, failing filters, or because this command was too slow
  missed   hits the kernel skipped the probe for; "unknown" where it does not count them

Examples:
  sonde trace file.open --for 10s
  sonde trace file.open --filter 'path.startsWith("/etc/") && ret < 0'
  sonde trace syscall -O calls=openat,close      two system calls, with their time
  sonde trace file.open -o json --max-events 100 | jq .fileOpen.path
  sonde trace file.open -o count --rate unlimited --budget none
  sonde trace file.open --for 1m --record opens.rec -o count    keeps the events, for sonde replay
  sonde trace file.open --detach --lease 10m     a flight recorder; prints the id of the trace
  sonde trace --resume ID                        reads what it has kept, and goes on`;

/** Adds `sonde trace`. */
export function addTrace(program: Command): void {
	const command = program
		.command('trace')
		.summary('watch probes and print their events')
		.description('Watches probes on a node and prints their events. "sonde probes" lists them.')
		.argument('[probe...]', 'ids of probes, for example file.open')
		.addOption(
			new Option('--for <duration>', 'stop after this time, for example 500ms, 10s, 5m, 1h').argParser(
				durationOption(MAX_DURATION_MS, '24h'),
			),
		)
		.addOption(
			new Option('--max-events <n>', 'stop after this many events').argParser(
				integerOption(1, Number.MAX_SAFE_INTEGER),
			),
		);
	addLimitOptions(command)
		.addOption(
			new Option(
				'-O, --option <name=value>',
				'option of the probes that have it, lists with commas; again for more. "sonde probes ID" lists them',
			).argParser(writtenOption),
		)
		.addOption(
			new Option(
				'--on-slow <what>',
				'when this command is too slow: lose the oldest events, lose the newest, or pause',
			).choices(['drop-oldest', 'drop-newest', 'pause']),
		)
		.addOption(
			new Option('--lease <duration>', 'how long the trace lives with nobody reading it').argParser(
				durationOption(MAX_LEASE_MS, '1h'),
			),
		)
		.addOption(
			new Option('--detach', 'start the trace, print its id and leave it to its lease').default(false),
		)
		.addOption(
			new Option('--resume <id>', 'read a trace that runs already, or has ended, from what is kept of it on'),
		)
		.addOption(
			new Option('--after <sequence>', 'with --resume: go on after this event').argParser(
				integerOption(0, Number.MAX_SAFE_INTEGER),
			),
		)
		.addOption(
			new Option('--batch-delay <duration>', 'longest wait for a batch to fill').argParser(
				durationOption(MAX_BATCH_DELAY_MS, '10s'),
			),
		)
		.addOption(
			new Option('--ring <size>', 'buffer between kernel and node, for example 8MiB').argParser(
				optionParser(parseSize),
			),
		);
	addNodeOptions(command)
		.addOption(
			new Option('--record <file>', 'keep all that comes in a new file, for sonde replay and sonde convert'),
		)
		.addOption(eventFormatOption())
		.addHelpText('after', HELP)
		.action(async (probes: string[], options: TraceOptions) => {
			const wrong = contradiction(probes, options);
			if (wrong !== undefined) command.error(`error: ${wrong}`);
			const { runTrace } = await import('./run-trace.js');
			await runTrace(probes, options);
		});
}

/** What was asked for and makes no sense together. */
function contradiction(probes: readonly string[], options: TraceOptions): string | undefined {
	const { resume, after, detach, onSlow } = options;
	if (resume === undefined && probes.length === 0) return "missing required argument 'probe'";
	if (options.sampleBy !== undefined && options.sample === undefined) return '--sample-by needs --sample';
	if (resume === undefined && after !== undefined) return '--after needs --resume';
	if (detach && options.output !== 'table') return '--detach shows no events: leave --output out';
	if (detach && options.record !== undefined) return '--detach reads no events that --record could keep';
	if (resume === undefined) return undefined;
	if (probes.length > 0) return '--resume reads a trace that has its probes: leave the probes out';
	if (onSlow === 'pause') return '--on-slow pause is chosen when a trace is started';
	const ofStart = [
		'rate',
		'budget',
		'buffer',
		'sample',
		'filter',
		'option',
		'lease',
		'ring',
		'batchDelay',
	] as const;
	const given = ofStart.find((name) => options[name] !== undefined);
	if (given !== undefined)
		return `--resume takes a trace as it is: leave --${kebab(given)} out, or see sonde update`;
	return detach ? '--resume and --detach cannot be used together' : undefined;
}

function kebab(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
