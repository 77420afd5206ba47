import { connect } from '../../clients/typescript/index.js';
import { readThreadsCpuNs } from './cpu-time.js';
import { type FanOutEnd, type FanOutLook, openFanOutClient } from './fan-out-counts.js';
import { type LoadResult, runLoad } from './load.js';
import type { Processes } from './processes.js';
import { waitForQuiet } from './quiet.js';
import type { RunContext } from './rounds.js';
import { type NotAvailable, orNotAvailable } from './row.js';
import { type Service, type ServiceOptions, startClient, startService } from './service.js';
import { readUsage } from './usage.js';

/** So many traces of the same probe, and so many subscribers of each. */
export interface Shape {
	readonly traces: number;
	readonly subscribers: number;
}

/** What one process took beside the load. */
export interface ProcessUse {
	readonly cpuNs: number;
	/** When all was read. */
	readonly residentBytes: number;
}

/** What running traces say of themselves, all together. */
export interface TraceFacts {
	/** Of the kernel's maps. */
	readonly mapBytes: number;
	readonly ringBytes: number;
	/** Also of traces that have ended. */
	readonly retainedBytes: number;
	/** What a hit costs, by the traces' own average, ns. */
	readonly estimatedNs: number;
}

/** One shape beside the load. */
export interface ShapeResult extends Shape {
	/** The same load while nothing is traced. */
	readonly none: LoadResult;
	readonly load: LoadResult;
	/** Before the load, right after it, and when all was read. */
	readonly looks: readonly [before: FanOutLook, loaded: FanOutLook, after: FanOutLook];
	readonly end: FanOutEnd;
	readonly server: ProcessUse;
	/** All subscribers: they are one process. */
	readonly client: ProcessUse;
	readonly facts: TraceFacts;
}

/** One load, watched by more and more. */
export type FanOutResult = readonly (ShapeResult | (NotAvailable & Shape))[];

/** Opens a second: what 32 subscribers or traces can take that share one CPU with the service. */
export const FAN_OUT_RATE = 20_000;
/** How many at once. */
const COUNTS = [1, 8, 32];
/** The first one is of both kinds. */
const SHAPES: readonly Shape[] = [
	...COUNTS.map((subscribers) => ({ traces: 1, subscribers })),
	...COUNTS.slice(1).map((traces) => ({ traces, subscribers: 1 })),
];
/** There are many. */
const MOST_SECONDS = 3;
const MOST_WARM_SECONDS = 2;
/** CPU time of the load alone is steady. */
const NONE_SECONDS = 1;

/** Measures what more subscribers and more traces cost, each with a fresh service. */
export async function measureFanOut(
	processes: Processes,
	options: ServiceOptions,
	seconds: number,
	{ signal, progress }: RunContext,
): Promise<FanOutResult> {
	const loadSeconds = Math.min(seconds, MOST_SECONDS);
	const shapes: FanOutResult[number][] = [];
	for (const shape of SHAPES) {
		progress(`traces: ${shape.traces}, subscribers of each: ${shape.subscribers}`);
		const measuring = measureShape(processes, options, { shape, seconds: loadSeconds }, signal);
		shapes.push({ ...(await orNotAvailable(processes, measuring, signal)), ...shape });
	}
	return shapes;
}

async function measureShape(
	processes: Processes,
	options: ServiceOptions,
	{ shape, seconds }: { readonly shape: Shape; readonly seconds: number },
	signal: AbortSignal,
): Promise<ShapeResult> {
	const warmSeconds = Math.min(seconds, MOST_WARM_SECONDS);
	const service = await startService(processes, options, signal);
	const none = await runLoad(processes, NONE_SECONDS, { perSecond: FAN_OUT_RATE });
	const args = [shape.traces, shape.subscribers, warmSeconds].map(String);
	const client = await startClient(processes, 'fan-out-client', service, { args });
	const subscribers = await openFanOutClient(client, () => runLoad(processes, warmSeconds), signal);
	const children = [service.child, client];
	const readCpu = () => Promise.all([readThreadsCpuNs(service.child.pid), readThreadsCpuNs(client.pid)]);
	await waitForQuiet(children, signal);

	const before = await subscribers.look();
	const cpuBefore = await readCpu();
	const load = await runLoad(processes, seconds, { perSecond: FAN_OUT_RATE });
	const loaded = await subscribers.look();
	await waitForQuiet(children, signal);
	const cpuAfter = await readCpu();
	const after = await subscribers.look();
	const [server, all] = await Promise.all([readUsage(service.child.pid), readUsage(client.pid)]);
	const facts = await readFacts(service);

	const end = await subscribers.end();
	await service.close();
	return {
		...{ ...shape, none, load, looks: [before, loaded, after], end, facts },
		server: { cpuNs: cpuAfter[0] - cpuBefore[0], residentBytes: server.residentBytes },
		client: { cpuNs: cpuAfter[1] - cpuBefore[1], residentBytes: all.residentBytes },
	};
}

/** Asks the node. */
async function readFacts({ address, identity }: Service): Promise<TraceFacts> {
	const client = connect({ address, identity });
	const facts = { mapBytes: 0, ringBytes: 0, retainedBytes: 0, estimatedNs: 0 };
	for await (const { endUnixNano, limits, cost } of client.listTraces()) {
		facts.retainedBytes += Number(cost?.retainedBytes);
		if (endUnixNano !== 0n) continue;
		facts.mapBytes += Number(cost?.mapBytes);
		facts.ringBytes += limits?.ringBytes ?? 0;
		facts.estimatedNs += Number(cost?.averageNs);
	}
	client.close();
	return facts;
}
