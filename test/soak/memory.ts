import { median } from '../bench/statistics.js';
import type { Memory } from './node.js';

/** Memory of the node at one moment of a run. */
export interface MemorySample extends Memory {
	/** Traces that it remembers: they have ended lately. */
	readonly remembered: number;
}

/** What a window of a run came to; medians. */
export interface MemoryWindow {
	readonly heapBytes: number;
	/** Memory that was given back stays with the process: this follows the most that was ever in use, and slowly. */
	readonly residentBytes: number;
	/** The same before garbage was collected. */
	readonly beforeBytes: number;
	readonly remembered: number;
}

/** Sums a window up. @throws RangeError when it has no samples. */
export function windowOf(samples: readonly MemorySample[]): MemoryWindow {
	return {
		heapBytes: median(samples.map(({ heapBytes }) => heapBytes)),
		residentBytes: median(samples.map(({ residentBytes }) => residentBytes)),
		beforeBytes: median(samples.map(({ beforeBytes }) => beforeBytes)),
		remembered: median(samples.map(({ remembered }) => remembered)),
	};
}
