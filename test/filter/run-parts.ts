import type { CompiledFilter, FilterPart } from '../../service/filter/compile.js';
import { nativePart } from '../../service/filter/native-filter.js';
import { loadNative } from '../../service/native.js';
import { EVENT_BYTES, SHIM_OBJECT } from './shim.js';

const native = loadNative();

/** What a filter decides in the kernel for each of some events, one behind the other: 1, 0, or -1 if it fails. */
export function runParts({ early, late }: CompiledFilter, events: Buffer): number[] {
	const all: number[] = Array(events.length / EVENT_BYTES).fill(1);
	const run = (part: FilterPart | undefined) =>
		part === undefined
			? all
			: native.runFilter({ object: SHIM_OBJECT, part: nativePart(part), events, eventBytes: EVENT_BYTES })
					.results;
	const later = run(late);
	return run(early).map((result, i) => Math.max(result === 1 ? (later[i] ?? 0) : result, -1));
}
