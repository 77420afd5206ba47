import { type Command, Option } from 'commander';
import { EndReason, type GapRecord } from '../typescript/index.js';
import { accountingJson, accountingLine, endReasonName } from './accounting-line.js';
import { CliError } from './cli-error.js';
import { createEventCount } from './event-count.js';
import { createEventJson } from './event-json.js';
import { createEventTable } from './event-table.js';
import { addNodeOptions, type NodeOptions, withClient } from './node-options.js';
import { durationOption, integerOption } from './option-parsers.js';
import { createOutput, type Output } from './output.js';
import { runTrace, type TraceEnd } from './run-trace.js';
import { listenForStop } from './stop-signals.js';
import type { TraceOutput } from './trace-output.js';
import { MAX_DURATION_MS, traceRequest } from './trace-request.js';

/** The largest number that fits the contract's uint32 fields. */
const UINT32_MAX = 2 ** 32 - 1;

/** Longest delay of a batch by the contract of BatchOptions.max_delay, ms. */
const MAX_BATCH_DELAY_MS = 10_000;

type Format = 'table' | 'json' | 'count';

interface TraceOptions extends NodeOptions {
	readonly for?: number;
	readonly maxEvents?: number;
	readonly rate?: number;
	readonly sample?: number;
	readonly batchDelay?: number;
	readonly ringBytes?: number;
	readonly output: Format;
}

const HELP = `
Ctrl-C stops the trace on the node and shows what it captured until then; a second Ctrl-C ends at once.

The last line, on standard error, says where the events went:
  fired    times a probe was hit
  matched  of these, passed sampling and filter
  sent     came to this command
  lost     to the rate limit, full buffers, failing filters, or because this command was too slow
  missed   hits the kernel skipped the probe for; "unknown" where it does not count them

Examples:
  sonde trace file.open --for 10s
  sonde trace file.open -o json --max-events 100 | jq .fileOpen.path
  sonde trace file.open -o count`;

/** Adds `sonde trace`. */
export function addTrace(program: Command): void {
	const command = program
		.command('trace')
		.summary('watch probes and print their events')
		.description('Watches probes on a node and prints their events. "sonde probes" lists them.')
		.argument('<probe...>', 'ids of probes, for example file.open')
		.addOption(
			new Option('--for <duration>', 'stop after this time, for example 500ms, 10s, 5m, 1h').argParser(
				durationOption(MAX_DURATION_MS, '24h'),
			),
		)
		.addOption(
			new Option('--max-events <n>', 'stop after this many events').argParser(
				integerOption(1, Number.MAX_SAFE_INTEGER),
			),
		)
		.addOption(
			new Option('--rate <n>', 'events a second at most; more are counted as lost').argParser(
				integerOption(1, UINT32_MAX),
			),
		)
		.addOption(new Option('--sample <n>', 'keep one event in n').argParser(integerOption(1, UINT32_MAX)))
		.addOption(
			new Option('--batch-delay <duration>', 'longest wait for a batch to fill').argParser(
				durationOption(MAX_BATCH_DELAY_MS, '10s'),
			),
		)
		.addOption(
			new Option('--ring-bytes <n>', 'size of the buffer between kernel and node').argParser(
				integerOption(1, UINT32_MAX),
			),
		);
	addNodeOptions(command)
		.addOption(
			new Option('-o, --output <format>', 'table; json, one event a line; or count, the totals only')
				.choices(['table', 'json', 'count'])
				.default('table'),
		)
		.addHelpText('after', HELP)
		.action(trace);
}

async function trace(probes: string[], options: TraceOptions): Promise<void> {
	const stdout = createOutput(process.stdout);
	const stderr = createOutput(process.stderr);
	const signals = listenForStop();
	try {
		const end = await withClient(options, (client) =>
			runTrace({
				client,
				request: traceRequest({
					probes,
					durationMs: options.for,
					rate: options.rate,
					sample: options.sample,
					batchDelayMs: options.batchDelay,
					ringBytes: options.ringBytes,
				}),
				maxEvents: BigInt(options.maxEvents ?? 0),
				durationMs: options.for,
				output: createTraceOutput(options.output, stdout, stderr),
				stop: signals.stop,
				outputClosed: stdout.closed,
				onGap: (gap) => void stderr.write(`${gapLine(gap)}\n`),
			}),
		);
		const line = options.output === 'json' ? accountingJson(end.accounting) : accountingLine(end.accounting);
		await stderr.write(`${line}\n`);
		checkReason(end);
	} finally {
		signals.dispose();
	}
}

function createTraceOutput(format: Format, stdout: Output, stderr: Output): TraceOutput {
	switch (format) {
		case 'table':
			return createEventTable(stdout);
		case 'json':
			return createEventJson(stdout);
		case 'count':
			return createEventCount(stdout, process.stderr.isTTY ? stderr : undefined);
	}
}

/** The warning for events that this command was too slow for. */
function gapLine({ firstSequence, lastSequence }: GapRecord): string {
	const count = lastSequence - firstSequence + 1n;
	return `sonde: lost events ${firstSequence} to ${lastSequence} (${count}): this reader was too slow`;
}

/** A trace that ended otherwise than by its reader's wish or its own time is a failure. */
function checkReason({ accounting: { reason }, detail }: TraceEnd): void {
	if (reason === EndReason.STOPPED || reason === EndReason.DURATION_REACHED) return;
	if (reason === EndReason.EVENT_LIMIT_REACHED) return;
	const name = endReasonName(reason).replaceAll('_', ' ');
	throw new CliError(`the node ended the trace: ${name}${detail === '' ? '' : `: ${detail}`}`);
}
