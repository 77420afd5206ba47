import type { Probe } from '../typescript/index.js';
import { CliError } from './cli-error.js';
import { createOutput } from './output.js';
import { probeDetails, probeJson, probeList } from './probe-list.js';
import type { ProbesOptions } from './probes.js';
import { withClient } from './with-client.js';

/** `sonde probes`. */
export async function runProbes(id: string | undefined, options: ProbesOptions): Promise<void> {
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
}
