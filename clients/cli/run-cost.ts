import { toJson } from '@bufbuild/protobuf';
import { CostSchema } from '../typescript/index.js';
import { CliError } from './cli-error.js';
import type { CostOptions } from './cost.js';
import { costText } from './cost-text.js';
import { explainNotFound } from './explain-not-found.js';
import { createOutput } from './output.js';
import { withClient } from './with-client.js';

/** `sonde cost`. */
export async function runCost(traceId: string, { node, output, ...options }: CostOptions): Promise<void> {
	const { trace } = await withClient({ node, ...options }, (client) =>
		explainNotFound(client.getTrace({ traceId }), traceId, node),
	);
	if (trace?.cost === undefined) throw new CliError('the node does not say what the trace costs');
	const text =
		output === 'json'
			? JSON.stringify(toJson(CostSchema, trace.cost, { alwaysEmitImplicit: true }), null, 2)
			: costText(trace, trace.cost);
	await createOutput(process.stdout).write(`${text.trimEnd()}\n`);
}
