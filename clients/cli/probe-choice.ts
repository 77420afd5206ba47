import { type Sampling, SamplingMode } from '../typescript/index.js';
import type { LimitOptions } from './limit-options.js';

/**
 * What a probe lets pass: its filter and sampling, as far as they were given.
 *
 * @param present how it is sampled now, for the half that was not given.
 */
export function probeChoice({ sample, sampleBy, filter }: LimitOptions, present?: Sampling) {
	const modes = { event: SamplingMode.EVENT, process: SamplingMode.PROCESS };
	const mode = sampleBy === undefined ? (present?.mode ?? SamplingMode.EVENT) : modes[sampleBy];
	const sampleOneIn = sample ?? present?.sampleOneIn ?? 1;
	return {
		...((sample !== undefined || sampleBy !== undefined) && { sampling: { sampleOneIn, mode } }),
		...(filter !== undefined && { filter }),
	};
}
