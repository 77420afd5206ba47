import { create } from '@bufbuild/protobuf';
import {
	EndReason,
	type StageCounts,
	StageCountsSchema,
	type Trace,
} from '../../clients/typescript/index.js';
import { addCounts } from './counters.js';

/** What a soak has done so far. */
export interface Tally {
	/** By what was done. */
	readonly actions: Map<string, number>;
	did(action: string): void;
	/** Takes a trace that has ended, once. */
	ended(trace: Trace): void;
	/** Traces that were started, and those of them that have ended. */
	started: number;
	endedCount: number;
	/** Connections that read traces now. */
	openStreams: number;
	readonly endedBy: Map<string, number>;
	/** Of all traces that have ended. */
	readonly counts: StageCounts;
	/** BPF programs of all traces. */
	readonly programs: Set<number>;
}

export function createTally(): Tally {
	const actions = new Map<string, number>();
	const endedBy = new Map<string, number>();
	let counts = create(StageCountsSchema);
	const add = (map: Map<string, number>, name: string) => map.set(name, (map.get(name) ?? 0) + 1);
	const tally: Tally = {
		actions,
		did: (action) => add(actions, action),
		ended({ endReason, accounting }) {
			tally.endedCount++;
			add(endedBy, EndReason[endReason] ?? String(endReason));
			if (accounting?.total !== undefined) counts = addCounts(counts, accounting.total);
		},
		started: 0,
		endedCount: 0,
		openStreams: 0,
		endedBy,
		get counts() {
			return counts;
		},
		programs: new Set(),
	};
	return tally;
}
