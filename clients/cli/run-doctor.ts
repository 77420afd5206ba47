import type { DoctorOptions } from './doctor.js';
import { type FeatureFacts, featureList, missingRequired } from './feature-list.js';
import { createOutput } from './output.js';

/** `sonde doctor`. */
export async function runDoctor(options: DoctorOptions): Promise<void> {
	const { features, probes } = await examine(options);
	const found = [...features, sumUp(probes)];
	const stdout = createOutput(process.stdout);
	await stdout.write(options.output === 'json' ? featureJson(found) : featureList(found));
	if (missingRequired(features).length > 0) process.exitCode = 1;
}

interface Examined {
	readonly features: readonly FeatureFacts[];
	readonly probes: readonly ProbeFacts[];
}

/** What is told of a probe; both sides of the contract have these fields. */
interface ProbeFacts {
	readonly id: string;
	readonly available: boolean;
	readonly unavailableReason: string;
}

async function examine({ node, ...caller }: DoctorOptions): Promise<Examined> {
	if (node !== undefined) {
		const { withClient } = await import('./with-client.js');
		return withClient({ node, ...caller }, async (client) => {
			const answer = await client.getNode();
			const probes: ProbeFacts[] = [];
			for await (const probe of client.listProbes()) probes.push(probe);
			return { features: answer.node?.features ?? [], probes };
		});
	}
	const { localFeatures } = await import('../../service/catalog/features.js');
	const { createCatalog } = await import('../../service/catalog/catalog.js');
	const features = localFeatures();
	return { features, probes: createCatalog(features).probes.map(({ description }) => description) };
}

/** One line for the whole catalogue. */
function sumUp(probes: readonly ProbeFacts[]): FeatureFacts {
	const missing = probes.filter(({ available }) => !available);
	const reasons = [...new Set(missing.map(({ unavailableReason }) => unavailableReason))].map((reason) => {
		const ids = missing.filter(({ unavailableReason }) => unavailableReason === reason).map(({ id }) => id);
		return `${ids.join(' ')} (${reason})`;
	});
	return {
		name: 'probes',
		available: missing.length === 0,
		required: false,
		detail: `${probes.length - missing.length} of ${probes.length} probes can be used${missing.length > 0 ? `, not: ${reasons.join(', ')}` : ''}`,
		remedy: missing.length === 0 ? '' : '"sonde probes" lists them',
	};
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
