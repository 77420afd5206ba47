import { Backpressure, EndReason, type SondeClient } from '../typescript/index.js';
import { accountingJson, accountingLine, endReasonName } from './accounting-line.js';
import { CliError } from './cli-error.js';
import { createEventOutput } from './event-output.js';
import { explainNotFound } from './explain-not-found.js';
import { followTrace, type TraceEnd } from './follow-trace.js';
import { besideLiveLine, createLiveLine } from './live-line.js';
import { createOutput } from './output.js';
import { recordLine } from './record-line.js';
import { createRecorder } from './recorder.js';
import { listenForStop } from './stop-signals.js';
import type { TraceOptions } from './trace.js';
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
	const { resume, after, onSlow, output, record } = options;
	const recorder = record === undefined ? undefined : await createRecorder(record, client);
	const signals = listenForStop();
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
			recorder,
			output: createEventOutput(output, shown),
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
		await recorder?.close();
	}
}

/** A trace that ended otherwise than by its reader's wish or its own time is a failure. */
function checkReason({ accounting: { reason }, detail }: TraceEnd): void {
	if (reason === EndReason.STOPPED || reason === EndReason.DURATION_REACHED) return;
	// Still running: a resumed trace is left as it is.
	if (reason === EndReason.EVENT_LIMIT_REACHED || reason === EndReason.UNSPECIFIED) return;
	const name = endReasonName(reason).replaceAll('_', ' ');
	throw new CliError(`the node ended the trace: ${name}${detail === '' ? '' : `: ${detail}`}`);
}
