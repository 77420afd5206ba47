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

/** The processes that a filter follows: how many sets of them. */
export function processTrees(filter: CompiledFilter): number {
	return mapsOf(filter).filter(({ kind }) => kind === 'processTree').length;
}

/** The groups that filters follow: their ids, each once. */
export function cgroupTrees(filters: readonly CompiledFilter[]): ReadonlySet<bigint> {
	return new Set(filters.flatMap(mapsOf).flatMap((map) => (map.kind === 'cgroupTree' ? map.root : [])));
}

function mapsOf({ early, late }: CompiledFilter): readonly FilterMap[] {
	return [...(early?.program.maps ?? []), ...(late?.program.maps ?? [])];
}

/** The same filter for a program that never runs: it follows nothing. */
export function withoutTrees(filter: NativeFilter): NativeFilter {
	const still = (part: NativeFilterPart | null) =>
		part && { ...part, maps: part.maps.map((map) => ('root' in map ? EMPTY_SET : map)) };
	return { ...filter, early: still(filter.early), late: still(filter.late) };
}

/** With keys like those of trees. */
const EMPTY_SET: NativeFilterMap = { kind: 'hash', keyBytes: 8, keys: new Uint8Array() };

/** One part of it. */
export function nativePart({ program: { code, mapReferences, maps } }: FilterPart): NativeFilterPart {
	return { code, mapReferences, maps: maps.map(nativeMap) };
}

function nativeMap(map: FilterMap): NativeFilterMap {
	if (map.kind === 'processTree') return { kind: map.kind, root: Number(map.root), object: map.tracker };
	if (map.kind === 'cgroupTree')
		return { kind: map.kind, root: map.root, directory: map.cgroup.directory, object: map.tracker };
	return { kind: map.kind, keyBytes: map.keyBytes, keys: Buffer.concat(map.keys) };
}
