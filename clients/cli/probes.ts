import type { Command } from 'commander';
import type { Probe } from '../typescript/index.js';
import { CliError } from './cli-error.js';
import { type ListFormat, listFormatOption } from './list-format.js';
import { addNodeOptions, type NodeOptions, withClient } from './node-options.js';
import { createOutput } from './output.js';
import { probeDetails, probeJson, probeList } from './probe-list.js';

interface ProbesOptions extends NodeOptions {
	readonly output: ListFormat;
}

/** Adds `sonde probes`. */
export function addProbes(program: Command): void {
	addNodeOptions(program.command('probes').summary('list what can be watched'))
		.description(
			'Lists the probes of a node, or everything about one: its fields, its cost, where it is attached.',
		)
		.argument('[id]', 'id of a probe')
		.addOption(listFormatOption())
		.action(async (id: string | undefined, options: ProbesOptions) => {
			const stdout = createOutput(process.stdout);
			const probes = await withClient(options, async (client) => {
				const all: Probe[] = [];
				for await (const probe of client.listProbes()) {
					if (id === undefined || probe.id === id) all.push(probe);
				}
				return all;
			});
			const [first] = probes;
			if (id !== undefined && first === undefined) throw new CliError(`no probe ${id} on ${options.node}`);
			if (options.output === 'json') {
				await stdout.write(`${JSON.stringify(probes.map(probeJson), null, 2)}\n`);
			} else if (id !== undefined && first !== undefined) {
				await stdout.write(probeDetails(first, stdout.columns));
			} else {
				await stdout.write(probeList(probes, stdout.columns));
			}
		});
}
