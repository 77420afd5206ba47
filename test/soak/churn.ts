import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../clients/typescript/index.js';
import type { SoakContext } from './context.js';
import { untilIdle } from './idle.js';
import { type MemorySample, type MemoryWindow, windowOf } from './memory.js';
import type { Monitor } from './monitor.js';

/** Traces at the same time. */
const WORKERS = 3;
/** After these, code is compiled, and the pools of the allocator have a good part of their size. */
const WARM_UP_TRACES = 20;
/** What grows once only grows in one of them. */
const ROUNDS = 3;
/** Looks at the memory before and after. */
const LOOKS = 5;
const LOOK_MS = 200;

/** Nearly without events, whatever the machine does: what they take is looked at elsewhere. */
const QUIET = {
	probes: [{ probe: 'file.open', sampling: { sampleOneIn: 1_000_000 } }],
	limits: { ringBytes: 65_536 },
	lease: { seconds: 1n },
};

/** What each of a number of traces has left behind in the memory of an idle node, in the best of the rounds. */
export interface Churn {
	/** Of a round. */
	readonly traces: number;
	readonly heapBytes: number;
	readonly residentBytes: number;
}

/**
 * Starts, reads and stops traces while nothing else is done, so many a round. What a trace leaves behind shows here as nowhere
 * else: later, a leak first fills what the load before it has left free.
 */
export async function churn(context: SoakContext, monitor: Monitor, traces: number): Promise<Churn> {
	await startAndStop(context, WARM_UP_TRACES);
	const windows = [await settledMemory(context, monitor)];
	for (let round = 0; round < ROUNDS; round++) {
		await startAndStop(context, traces);
		windows.push(await settledMemory(context, monitor));
	}
	return { traces, heapBytes: leastGrowth('heapBytes'), residentBytes: leastGrowth('residentBytes') };

	function leastGrowth(field: 'heapBytes' | 'residentBytes'): number {
		const figures = windows.map((window) => window[field]);
		return Math.min(...figures.slice(1).map((bytes, i) => (bytes - (figures[i] ?? 0)) / traces));
	}
}

async function startAndStop(context: SoakContext, traces: number): Promise<void> {
	let left = traces;
	const work = async () => {
		while (left-- > 0 && !context.signal.aborted) await startAndStopOne(context);
	};
	await Promise.all(Array.from({ length: WORKERS }, work));
}

async function startAndStopOne({ node, tally }: SoakContext): Promise<void> {
	const { address, identity } = node;
	const { trace } = await node.client.startTrace(QUIET);
	for (const { attachment } of trace?.probes ?? []) {
		for (const id of attachment?.programIds ?? []) tally.programs.add(id);
	}
	const traceId = trace?.traceId ?? '';
	const client = connect({ address, identity });
	for await (const _ of client.streamRaw({ traceId })) break;
	client.close();
	await node.client.stopTrace({ traceId });
}

async function settledMemory({ node }: SoakContext, monitor: Monitor): Promise<MemoryWindow> {
	await untilIdle(monitor, ({ load }) => load.traces === 0 && load.retainedBytes === 0n);
	const samples: MemorySample[] = [];
	for (let i = 0; i < LOOKS; i++) {
		await sleep(LOOK_MS);
		samples.push({ ...(await node.memory()), remembered: 0 });
	}
	return windowOf(samples);
}
