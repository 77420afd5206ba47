import { type Command, Option } from 'commander';
import { type FeatureFacts, featureList, missingRequired } from './feature-list.js';
import { type ListFormat, listFormatOption } from './list-format.js';
import { identityOption, withClient } from './node-options.js';
import { addressOption } from './option-parsers.js';
import { createOutput } from './output.js';

interface DoctorOptions {
	readonly node?: string;
	readonly identity: string;
	readonly output: ListFormat;
}

/** Adds `sonde doctor`. */
export function addDoctor(program: Command): void {
	program
		.command('doctor')
		.summary('say what this kernel and these privileges allow')
		.description(
			'Says what this kernel and these privileges allow, and what to do about each gap. Needs no running node. ' +
				'Ends with 1 if nothing can be traced.',
		)
		.addOption(
			new Option('--node <host:port>', 'ask this node what it found instead').argParser(addressOption),
		)
		.addOption(identityOption())
		.addOption(listFormatOption())
		.action(async (options: DoctorOptions) => {
			const features = await findFeatures(options);
			const stdout = createOutput(process.stdout);
			await stdout.write(options.output === 'json' ? featureJson(features) : featureList(features));
			if (missingRequired(features).length > 0) process.exitCode = 1;
		});
}

async function findFeatures({ node, identity }: DoctorOptions): Promise<readonly FeatureFacts[]> {
	if (node !== undefined) {
		const answer = await withClient({ node, identity }, (client) => client.getNode());
		return answer.node?.features ?? [];
	}
	const { localFeatures } = await import('../../service/catalog/features.js');
	return localFeatures();
}

function featureJson(features: readonly FeatureFacts[]): string {
	const list = features.map(({ name, available, required, detail, remedy }) => ({
		name,
		available,
		required,
		detail,
		remedy,
	}));
	return `${JSON.stringify(list, null, 2)}\n`;
}
