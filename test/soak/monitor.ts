import type { NodeLoad } from '../../clients/typescript/index.js';
import type { SoakContext } from './context.js';
import { fallenCounters } from './counters.js';
import { type ProcessFacts, readProcessFacts } from './process-facts.js';

/** What was seen of the node's process. */
export interface Look {
	readonly facts: ProcessFacts;
	readonly load: NodeLoad;
}

/** Looks at the node while it works. */
export interface Monitor {
	/** Looks, and holds it against all looks before. */
	look(): Promise<Look>;
	/** Of all looks. */
	readonly most: { readonly fds: number; readonly threads: number; readonly programs: number };
	readonly mostResidentBytes: number;
	/** Ids of all BPF programs and maps that the node has ever had open. */
	readonly programs: ReadonlySet<number>;
	readonly maps: ReadonlySet<number>;
}

/** @param mostPrograms that the traces of this run can have at one time. */
export function createMonitor({ node, checks }: SoakContext, mostPrograms: number): Monitor {
	const programs = new Set<number>();
	const maps = new Set<number>();
	const most = { fds: 0, threads: 0, programs: 0 };
	let mostResidentBytes = 0;
	let before: NodeLoad | undefined;

	function checkLoad(load: NodeLoad): void {
		const problems = fallenCounters({ total: before?.events }, { total: load.events });
		const counters = ['sentEvents', 'evictedEvents', 'sentBytes', 'tracesStarted', 'cpuTimeNs'] as const;
		for (const name of [...counters, 'runCount', 'runTimeNs', 'readerCpuNs'] as const) {
			const was = before?.[name] ?? 0n;
			if (load[name] < was) problems.push(`${name} was ${was}, is ${load[name]}`);
		}
		checks.none('nodeCounters', problems, 'GetNode');
		before = load;
	}

	return {
		async look() {
			const { node: answer } = await node.client.getNode();
			const load = answer?.load;
			if (load === undefined) throw new Error('GetNode gave no load');
			checkLoad(load);
			const facts = readProcessFacts(node.process.pid);
			for (const id of facts.programs) programs.add(id);
			for (const id of facts.maps) maps.add(id);
			most.fds = Math.max(most.fds, facts.fds);
			most.threads = Math.max(most.threads, facts.threads);
			most.programs = Math.max(most.programs, facts.programs.length);
			mostResidentBytes = Math.max(mostResidentBytes, facts.residentBytes);
			checks.expect(
				'programs',
				facts.programs.length <= mostPrograms,
				() => `the node has ${facts.programs.length} programs, all traces together at most ${mostPrograms}`,
			);
			return { facts, load };
		},
		most,
		get mostResidentBytes() {
			return mostResidentBytes;
		},
		programs,
		maps,
	};
}
