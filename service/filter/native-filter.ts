import type { NativeFilter, NativeFilterMap, NativeFilterPart } from '../native.js';
import type { FilterMap } from './bpf/code.js';
import type { CompiledFilter, FilterPart } from './compile.js';
import { CONTEXT_GROUPS, type ContextGroup } from './field.js';

/** A filter that lets everything pass. */
export const NO_FILTER: CompiledFilter = {
	early: undefined,
	late: undefined,
	earlyContext: [],
	lateContext: [],
};

/** A filter as the addon takes it. */
export function nativeFilter({ early, late, earlyContext, lateContext }: CompiledFilter): NativeFilter {
	return {
		early: early === undefined ? null : nativePart(early),
		late: late === undefined ? null : nativePart(late),
		earlyContext: bitsOf(earlyContext),
		lateContext: bitsOf(lateContext),
	};
}

function bitsOf(groups: readonly ContextGroup[]): number {
	return groups.reduce((bits, group) => bits | (1 << CONTEXT_GROUPS.indexOf(group)), 0);
}

/** One part of it. */
export function nativePart({ program: { code, mapReferences, maps } }: FilterPart): NativeFilterPart {
	return { code, mapReferences, maps: maps.map(nativeMap) };
}

function nativeMap(map: FilterMap): NativeFilterMap {
	if (map.kind === 'processTree') return { kind: map.kind, root: map.root, object: map.tracker };
	return { kind: map.kind, keyBytes: map.keyBytes, keys: Buffer.concat(map.keys) };
}
