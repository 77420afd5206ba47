import type { NodeLoad } from '../../clients/typescript/index.js';
import { median } from '../bench/statistics.js';
import type { Hooks } from '../e2e/child.js';
import { untilUnloaded } from '../e2e/node.js';
import { checkPerTrace, checkWindows } from './bounds.js';
import type { Checks } from './checks.js';
import { type Churn, churn } from './churn.js';
import type { SoakContext } from './context.js';
import { addCounts, fallenCounters } from './counters.js';
import { checkIdle } from './idle.js';
import { live } from './life.js';
import { openFiles } from './load.js';
import { checkLog } from './log.js';
import { mapsLeft } from './maps.js';
import { type MemorySample, type MemoryWindow, windowOf } from './memory.js';
import { createMonitor, type Monitor } from './monitor.js';
import { type Memory, startSoakNode } from './node.js';
import type { SoakOptions } from './options.js';
import { planLife } from './plan.js';
import { countOwnSockets } from './process-facts.js';
import { createRandom, type Random } from './random.js';
import { rest } from './readers.js';
import { progressLine } from './report.js';
import { inScope } from './scope.js';
import { shutDown } from './shutdown.js';
import { createTally, type Tally } from './tally.js';
import { type WindowName, windowAt } from './windows.js';

/** Traces at the same time, each with a life of its own. */
const ACTORS = 6;
/** Of file.open, three times in one trace at most. */
const MOST_PROBES = 3;
/** How often a line is printed. */
const LINE_MS = 10_000;
const LOOK_MS = 1_000;
/** Ended traces that a node remembers at most. */
const MOST_REMEMBERED = 1_000;

/** What a soak has found, beside its checks. */
export interface Findings {
	readonly tally: Tally;
	readonly churn: Churn;
	readonly early: MemoryWindow;
	readonly late: MemoryWindow;
	/** Traces that were started between the two windows. */
	readonly between: number;
	readonly opens: number;
	/** With no trace, before and after the random part. */
	readonly idle: readonly [before: Memory, after: Memory];
	/** Connections that the soak's own clients have left open. */
	readonly keptByUs: number;
	readonly monitor: Monitor;
	readonly fds: readonly [before: number, after: number];
	readonly threads: readonly [before: number, after: number];
	readonly warnings: ReadonlyMap<string, number>;
}

interface RunInit {
	readonly options: SoakOptions;
	readonly checks: Checks;
	readonly print: (line: string) => void;
	readonly signal: AbortSignal;
}

/** Runs all of a soak. @returns undefined when it was interrupted; all that it started has ended then, too. */
export async function run(init: RunInit): Promise<Findings | undefined> {
	try {
		return await inScope((scope) => runIn(scope, init));
	} catch (error) {
		if (init.signal.aborted) return undefined;
		throw error;
	}
}

async function runIn(scope: Hooks, { options, checks, print, signal }: RunInit): Promise<Findings> {
	const node = await startSoakNode(scope);
	print(`node ${node.process.pid}`);
	const { node: description } = await node.client.getNode();
	// Both connections are there before anything is counted.
	await node.streams.getNode();
	const tally = createTally();
	const context = { node, checks, tally, cpus: description?.possibleCpus ?? 1, signal };
	const random = createRandom(String(options.seed));
	const monitor = createMonitor(context, ACTORS * MOST_PROBES * (await countPrograms(context)));

	const churned = await churn(context, monitor, churnTraces(options.seconds));
	signal.throwIfAborted();
	checkPerTrace(checks, churned);
	const before = await monitor.look();
	const facts = { ...before.facts, ownSockets: countOwnSockets() };
	const idleBefore = await node.memory();
	const { samples, opens } = await soak({ context, monitor, random, print, seconds: options.seconds });
	signal.throwIfAborted();
	const after = await checkIdle(context, monitor, facts, 'after the last trace');
	const idleAfter = await node.memory();
	checkNodeSums(context, before.load, after.load);
	const early = windowOf(samples.filter(({ window }) => window === 'early'));
	const late = windowOf(samples.filter(({ window }) => window === 'late'));
	checkWindows(checks, { early, late, seconds: options.seconds });

	signal.throwIfAborted();
	await shutDown(context, random.fork('shutdown'));
	const warnings = checkLog(node.process.stderr(), checks);
	await checkUnloaded(context, monitor);
	signal.throwIfAborted();
	return {
		...{ tally, churn: churned, early, late, opens, monitor, warnings },
		idle: [idleBefore, idleAfter],
		keptByUs: after.keptByUs,
		between: startedIn(samples),
		fds: [before.facts.fds, after.facts.fds],
		threads: [before.facts.threads, after.facts.threads],
	};
}

/** Programs of one probe on this kernel. */
async function countPrograms({ node, tally }: SoakContext): Promise<number> {
	// What an ended trace retains goes with its lease.
	const lease = { seconds: 1n };
	const { trace } = await node.client.startTrace({ probes: [{ probe: 'file.open' }], lease });
	const ids = trace?.probes.flatMap(({ attachment }) => attachment?.programIds ?? []) ?? [];
	for (const id of ids) tally.programs.add(id);
	await node.client.stopTrace({ traceId: trace?.traceId ?? '' });
	return ids.length;
}

/** Enough of them to tell a leak of 100 KB each from noise, also in a short run. */
function churnTraces(seconds: number): number {
	return Math.round(Math.max(50, Math.min(200, seconds / 2)));
}

interface Sample extends MemorySample {
	readonly window: WindowName;
	/** Traces until now. */
	readonly started: number;
}

interface SoakInit {
	readonly context: SoakContext;
	readonly monitor: Monitor;
	readonly random: Random;
	readonly print: (line: string) => void;
	readonly seconds: number;
}

/** The random part: lives, a load, and somebody who looks. */
async function soak({ context, monitor, random, print, seconds }: SoakInit) {
	const over = new AbortController();
	const signal = AbortSignal.any([over.signal, context.signal]);
	const act = async (actor: number) => {
		const own = random.fork(`actor ${actor}`);
		for (let i = 0; !signal.aborted; i++)
			await live(context, planLife(own.fork(i), `actor ${actor} life ${i}`));
	};
	const acting = Array.from({ length: ACTORS }, (_, actor) => act(actor));
	const loading = openFiles(random.fork('load'), signal);
	try {
		const samples = await watch({ context, monitor, print, seconds, signal });
		over.abort();
		await Promise.all(acting);
		return { samples, opens: await loading };
	} finally {
		over.abort();
		await Promise.allSettled([...acting, loading]);
	}
}

async function watch(init: Omit<SoakInit, 'random'> & { readonly signal: AbortSignal }): Promise<Sample[]> {
	const { context, monitor, print, seconds, signal } = init;
	const { node, tally } = context;
	const samples: Sample[] = [];
	const startedMs = performance.now();
	let printedMs = startedMs;
	const sample = async (window: WindowName) => {
		const remembered = Math.min(tally.started, MOST_REMEMBERED);
		samples.push({ ...(await node.memory()), window, remembered, started: tally.started });
	};
	for (;;) {
		await rest(LOOK_MS, signal);
		const elapsedS = (performance.now() - startedMs) / 1_000;
		const look = await monitor.look();
		const window = windowAt(elapsedS, seconds, samples.length > 0);
		if (window !== undefined) await sample(window);
		if (performance.now() >= printedMs + LINE_MS) {
			printedMs = performance.now();
			print(progressLine(elapsedS, tally, look, samples.at(-1)?.heapBytes));
		}
		signal.throwIfAborted();
		if (elapsedS < seconds) continue;
		// A busy machine may have been late for this one, too.
		if (window !== 'late') await sample('late');
		return samples;
	}
}

/** Traces from the middle of the first window to the middle of the last. */
function startedIn(samples: readonly Sample[]): number {
	const of = (name: WindowName) =>
		median(samples.filter(({ window }) => window === name).map(({ started }) => started));
	return of('late') - of('early');
}

/** What the node has counted since the beginning of the random part is what its traces counted. */
function checkNodeSums({ checks, tally }: SoakContext, before: NodeLoad, after: NodeLoad): void {
	const ofTraces = before.events === undefined ? tally.counts : addCounts(before.events, tally.counts);
	const problems = [
		...fallenCounters({ total: ofTraces }, { total: after.events }),
		...fallenCounters({ total: after.events }, { total: ofTraces }),
	];
	const started = after.tracesStarted - before.tracesStarted;
	if (started !== BigInt(tally.started))
		problems.push(`${started} traces started, ${tally.started} asked for`);
	if (tally.endedCount !== tally.started)
		problems.push(`${tally.started} traces started, ${tally.endedCount} ended`);
	checks.none('nodeSums', problems, 'GetNode and the sum of all traces');
}

async function checkUnloaded({ checks, tally }: SoakContext, monitor: Monitor): Promise<void> {
	const programs = new Set([...tally.programs, ...monitor.programs]);
	const left = await untilUnloaded([...programs]).then(
		() => '',
		(error: unknown) => String(error),
	);
	checks.expect('unloaded', left === '', () => left);
	const maps = await mapsLeft(monitor.maps);
	checks.expect('unloaded', maps.length === 0, () => `maps ${maps.join()} are still there`);
}
