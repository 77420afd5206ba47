import {
	Backpressure,
	type BudgetStepRecord,
	EndReason,
	type GapRecord,
	type Record,
	type SondeClient,
	type UpdatedRecord,
} from '../typescript/index.js';
import { accountingJson, accountingLine, endReasonName } from './accounting-line.js';
import { CliError } from './cli-error.js';
import { createEventCount } from './event-count.js';
import { createEventJson } from './event-json.js';
import { createEventTable } from './event-table.js';
import { explainNotFound } from './explain-not-found.js';
import { followTrace, type TraceEnd } from './follow-trace.js';
import { besideLiveLine, createLiveLine } from './live-line.js';
import { createOutput, type Output } from './output.js';
import { listenForStop } from './stop-signals.js';
import type { Format, TraceOptions } from './trace.js';
import type { TraceOutput } from './trace-output.js';
import { traceRequest } from './trace-request.js';
import { withClient } from './with-client.js';

/** `sonde trace`. */
export async function runTrace(probes: readonly string[], options: TraceOptions): Promise<void> {
	await withClient(options, async (client) => {
		if (options.detach) return startAndLeave(client, probes, options);
		const end = await follow(client, probes, options);
		checkReason(end);
	});
}

async function startAndLeave(
	client: SondeClient,
	probes: readonly string[],
	options: TraceOptions,
): Promise<void> {
	const { trace } = await client.startTrace(traceRequest(probes, options));
	if (trace === undefined) throw new CliError('the node started a trace without saying which');
	await createOutput(process.stdout).write(`${trace.traceId}\n`);
}

/** Shows events until the end, and then where they went. */
async function follow(
	client: SondeClient,
	probes: readonly string[],
	options: TraceOptions,
): Promise<TraceEnd> {
	const terminal = createOutput(process.stderr);
	const live = process.stderr.isTTY ? createLiveLine(terminal) : undefined;
	const stdout = createOutput(process.stdout);
	const stderr = live === undefined ? terminal : besideLiveLine(terminal, live);
	const shown = live !== undefined && process.stdout.isTTY ? besideLiveLine(stdout, live) : stdout;
	const signals = listenForStop();
	const { resume, after, onSlow, output } = options;
	try {
		const end = await followTrace({
			client,
			trace:
				resume === undefined
					? { start: traceRequest(probes, options) }
					: { resume: await explainNotFound(client.getTrace({ traceId: resume }), resume, options.node) },
			stream: {
				maxEvents: BigInt(options.maxEvents ?? 0),
				...(after !== undefined && { start: { case: 'afterSequence' as const, value: BigInt(after) } }),
				...(onSlow === 'drop-newest' && { backpressure: Backpressure.DROP_NEWEST }),
			},
			durationMs: options.for,
			output: createTraceOutput(output, shown),
			stop: signals.stop,
			outputClosed: stdout.closed,
			onMessage: (message) => live?.note(message),
			onRecord: (record) => {
				const line = recordLine(record);
				if (line !== undefined) void stderr.write(`${line}\n`);
			},
		});
		await live?.end();
		await terminal.write(
			`${output === 'json' ? accountingJson(end.accounting) : accountingLine(end.accounting)}\n`,
		);
		return end;
	} finally {
		await live?.end();
		signals.dispose();
	}
}

function createTraceOutput(format: Format, stdout: Output): TraceOutput {
	switch (format) {
		case 'table':
			return createEventTable(stdout);
		case 'json':
			return createEventJson(stdout);
		case 'count':
			return createEventCount(stdout);
	}
}

/** What a stream says beside events, for people. */
function recordLine({ kind }: Record): string | undefined {
	switch (kind.case) {
		case 'gap':
			return gapLine(kind.value);
		case 'budgetStep':
			return stepLine(kind.value);
		case 'updated':
			return updatedLine(kind.value);
		default:
			return undefined;
	}
}

/** The warning for events that this command was too slow for. */
function gapLine({ firstSequence, lastSequence }: GapRecord): string {
	const count = lastSequence - firstSequence + 1n;
	return `sonde: lost events ${firstSequence} to ${lastSequence} (${count}): this reader was too slow`;
}

function stepLine({ sampleOneIn, measuredPermille, probeIndex }: BudgetStepRecord): string {
	const share = (measuredPermille / 10).toFixed(1);
	const kept = sampleOneIn === 1 ? 'every hit is' : `1 hit in ${sampleOneIn} is`;
	return `sonde: CPU budget: programs took ${share} % of a core; of probe ${probeIndex}, ${kept} kept from here on`;
}

function updatedLine({ generation }: UpdatedRecord): string {
	return `sonde: the settings of the trace were changed (generation ${generation})`;
}

/** A trace that ended otherwise than by its reader's wish or its own time is a failure. */
function checkReason({ accounting: { reason }, detail }: TraceEnd): void {
	if (reason === EndReason.STOPPED || reason === EndReason.DURATION_REACHED) return;
	// Still running: a resumed trace is left as it is.
	if (reason === EndReason.EVENT_LIMIT_REACHED || reason === EndReason.UNSPECIFIED) return;
	const name = endReasonName(reason).replaceAll('_', ' ');
	throw new CliError(`the node ended the trace: ${name}${detail === '' ? '' : `: ${detail}`}`);
}
