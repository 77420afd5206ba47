import { toJson } from '@bufbuild/protobuf';
import type { Command } from 'commander';
import { type Trace, TraceSchema } from '../typescript/index.js';
import { type ListFormat, listFormatOption } from './list-format.js';
import { addNodeOptions, type NodeOptions, withClient } from './node-options.js';
import { createOutput } from './output.js';
import { traceList } from './trace-list.js';

interface PsOptions extends NodeOptions {
	readonly output: ListFormat;
}

/** Adds `sonde ps`. */
export function addPs(program: Command): void {
	addNodeOptions(program.command('ps').summary('list your traces'))
		.description(
			'Lists your traces on a node, oldest first; ended ones too while the node remembers them (10 minutes).\n' +
				'ENCODED counts the events made for readers, LOST those lost before that.',
		)
		.addOption(listFormatOption())
		.action(async (options: PsOptions) => {
			const stdout = createOutput(process.stdout);
			const traces = await withClient(options, async (client) => {
				const all: Trace[] = [];
				for await (const trace of client.listTraces()) all.push(trace);
				return all;
			});
			if (options.output === 'table') {
				await stdout.write(traceList(traces, Date.now(), stdout.columns));
			} else {
				const json = traces.map((trace) => toJson(TraceSchema, trace, { alwaysEmitImplicit: true }));
				await stdout.write(`${JSON.stringify(json, null, 2)}\n`);
			}
		});
}
