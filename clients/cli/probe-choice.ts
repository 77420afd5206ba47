import { SamplingMode } from '../typescript/index.js';
import type { LimitOptions } from './limit-options.js';

/** What a probe lets pass: its filter and sampling, as far as they were given. */
export function probeChoice({ sample, sampleBy, filter }: LimitOptions) {
	const mode = sampleBy === 'process' ? SamplingMode.PROCESS : SamplingMode.EVENT;
	return {
		...(sample !== undefined && { sampling: { sampleOneIn: sample, mode } }),
		...(filter !== undefined && { filter }),
	};
}
