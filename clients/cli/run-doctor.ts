import type { DoctorOptions } from './doctor.js';
import { type FeatureFacts, featureList, missingRequired } from './feature-list.js';
import { createOutput } from './output.js';

/** `sonde doctor`. */
export async function runDoctor(options: DoctorOptions): Promise<void> {
	const features = await findFeatures(options);
	const stdout = createOutput(process.stdout);
	await stdout.write(options.output === 'json' ? featureJson(features) : featureList(features));
	if (missingRequired(features).length > 0) process.exitCode = 1;
}

async function findFeatures({ node, identity }: DoctorOptions): Promise<readonly FeatureFacts[]> {
	if (node !== undefined) {
		const { withClient } = await import('./with-client.js');
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
