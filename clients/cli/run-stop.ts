import { accountingLine, sumUp } from './accounting-line.js';
import { CliError } from './cli-error.js';
import { explainNotFound } from './explain-not-found.js';
import type { NodeOptions } from './node-options.js';
import { createOutput } from './output.js';
import { withClient } from './with-client.js';

/** `sonde stop`. */
export async function runStop(traceId: string, options: NodeOptions): Promise<void> {
	const { trace } = await withClient(options, (client) =>
		explainNotFound(client.stopTrace({ traceId }), traceId, options.node),
	);
	if (trace?.accounting === undefined)
		throw new CliError('the node stopped the trace without its accounting');
	const { accounting, endReason } = trace;
	const line = accountingLine(sumUp(accounting, endReason, accounting.total?.encoded ?? 0n));
	await createOutput(process.stdout).write(`${line}\n`);
}
