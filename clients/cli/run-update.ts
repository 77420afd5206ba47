import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { explainNotFound } from './explain-not-found.js';
import { limitsOf } from './limit-options.js';
import { createOutput } from './output.js';
import { probeChoice } from './probe-choice.js';
import type { UpdateOptions } from './update.js';
import { withClient } from './with-client.js';

/** `sonde update`. */
export async function runUpdate(traceId: string, options: UpdateOptions): Promise<void> {
	const { lease, node } = options;
	const generation = await withClient(options, async (client) => {
		const { trace } = await explainNotFound(client.getTrace({ traceId }), traceId, node);
		const answer = await client.updateTrace({
			traceId,
			expectedGeneration: trace?.generation ?? 0n,
			limits: limitsOf(options),
			probes:
				trace?.probes.map(({ spec }, probeIndex) => ({
					probeIndex,
					...probeChoice(options, spec?.sampling),
				})) ?? [],
			...(lease !== undefined && { lease: durationFromMs(lease) }),
		});
		return answer.trace?.generation ?? 0n;
	});
	await createOutput(process.stdout).write(`generation ${generation}\n`);
}
