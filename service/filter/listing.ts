import type { FilterMap } from './bpf/code.js';
import { disassemble } from './bpf/disassemble.js';
import type { CompiledFilter, FilterPart } from './compile.js';

/** A filter as people read it: its parts, their instructions, and what their maps hold. */
export function filterListing({ early, late }: CompiledFilter): string {
	return [...partLines('early', early), ...partLines('late', late)].map((line) => `${line}\n`).join('');
}

function partLines(name: string, part: FilterPart | undefined): string[] {
	if (part === undefined) return [];
	const { code, maps } = part.program;
	return [
		`${name}: ${part.text}`,
		...(part.blanked.length === 0 ? [] : [`${name} blanks: ${part.blanked.join(', ')}`]),
		...disassemble(code).map(({ slot, text }) => `${String(slot).padStart(5)}: ${text}`),
		...maps.map((map, i) => `  map ${i}: ${describeMap(map)}`),
	];
}

function describeMap(map: FilterMap): string {
	if (map.kind === 'processTree') return `the processes that descend from ${map.root}`;
	if (map.kind === 'cgroupTree') return `the groups below ${map.cgroup.path}`;
	return `${map.kind} of ${map.keys.length.toLocaleString('en-US')} keys of ${map.keyBytes} bytes`;
}
