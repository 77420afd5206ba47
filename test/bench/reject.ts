import { connect } from '../../clients/typescript/index.js';
import { runLoad } from './load.js';
import { programPath } from './paths.js';
import type { Peers } from './peers.js';
import type { Child, Processes } from './processes.js';
import type { RunContext } from './rounds.js';
import { type NotAvailable, orNotAvailable } from './row.js';
import { untilSaid } from './said.js';
import { type Service, type ServiceOptions, startService } from './service.js';
import { SONDE_ROW } from './sonde-row.js';
import { type Spread, spreadOf } from './statistics.js';
import { FASTEST_TRACE } from './trace-request.js';

/** What all opens of the load are rejected by; reject.h has the same. */
export const PREDICATES = [
	{
		name: 'the process',
		program: 'process',
		filter: 'process.tgid == 1',
		script: 'tracepoint:syscalls:sys_exit_openat /pid == 1/ { printf("passed\\n"); }',
	},
	{
		name: 'a prefix of the path',
		program: 'prefix',
		filter: 'path.startsWith("/elsewhere/")',
		script:
			'tracepoint:syscalls:sys_enter_openat /strncmp(str(args.filename), "/elsewhere/", 11) == 0/ { printf("passed\\n"); }',
	},
	{
		name: 'a list of 1,000 processes',
		program: 'listed',
		filter: `process.tgid in [${Array.from({ length: 1_000 }, (_, i) => 5_000_000 + i).join()}]`,
		script:
			'BEGIN { for ($i : 0..1000) { @list[$i + 5000000] = 1; } } ' +
			'tracepoint:syscalls:sys_exit_openat /@list[(int64)pid] == 1/ { printf("passed\\n"); } END { clear(@list); }',
	},
] as const;

/** The least that a program at the same place costs. */
export const EMPTY = 'an empty program';

/** What opens cost that are looked at and rejected. */
export interface RejectResult {
	/** Quiet ns of CPU time for an open, for each round: without tracing, and by name of the reader. */
	readonly none: readonly number[];
	readonly readers: readonly (Reader | (NotAvailable & { readonly name: string }))[];
	/** UpdateTrace, which replaces the filter while the load runs, ms. */
	readonly updateMs: Spread;
}

interface Reader {
	readonly name: string;
	readonly perOpenNs: readonly number[];
}

interface Candidate {
	readonly name: string;
	/** Resolves when it is attached; what it gives ends it. */
	readonly start: () => Promise<() => Promise<void>>;
}

const STOP_MS = 20_000;
/** Loads under each reader, and their length. */
const LOADS = 3;
const LOAD_SECONDS = 1;
const MOST_UPDATES = 40;

/**
 * What a reader adds to an open, ns; undefined if it was not measured. From the least of all rounds: whoever shares a core
 * with this machine makes everything slower for seconds, by more than readers differ, and nothing faster.
 */
export function addedNs({ none, readers }: RejectResult, name: string): number | undefined {
	const reader = readers.find((each) => each.name === name);
	if (reader === undefined || !('perOpenNs' in reader) || reader.perOpenNs.length === 0) return undefined;
	return Math.min(...reader.perOpenNs) - Math.min(...none);
}

/** Measures what rejecting costs: programs written by hand, bpftrace, and Sonde's filters, in turn. */
export async function measureRejects(
	processes: Processes,
	{ service, bpftrace }: { readonly service: ServiceOptions; readonly bpftrace: Peers['bpftrace'] },
	{ rounds, seconds }: { readonly rounds: number; readonly seconds: number },
	{ signal, progress }: RunContext,
): Promise<RejectResult> {
	// What cannot be measured takes all processes with it: each reader of Sonde's has a service of its own.
	const startNode = () => startService(processes, service, signal);
	const candidates = [
		byHand(processes, EMPTY, 'empty', signal),
		...PREDICATES.flatMap(({ name, program, filter, script }) => [
			byHand(processes, `by hand, ${name}`, program, signal),
			...(bpftrace === undefined ? [] : [byBpftrace(bpftrace, `bpftrace, ${name}`, script, signal)]),
			bySonde(startNode, `${SONDE_ROW}, ${name}`, filter),
		]),
	];
	const loadSeconds = Math.min(seconds, LOADS * LOAD_SECONDS);
	const none: number[] = [];
	const figures = candidates.map(({ name }) => ({ name, perOpenNs: [] as number[] }));
	const missing = new Map<string, NotAvailable>();
	for (let round = 1; round <= rounds; round++) {
		progress(`rejected events, round ${round} of ${rounds}`);
		none.push(await quietNs(processes));
		for (const [i, { name, start }] of candidates.entries()) {
			const measured = await orNotAvailable(processes, measure(processes, start), signal);
			if ('unavailable' in measured) missing.set(name, measured);
			else figures[i]?.perOpenNs.push(measured.perOpenNs);
		}
	}
	const updateMs = await measureUpdates(processes, startNode, loadSeconds);
	return {
		none,
		readers: figures.map((reader) => ({ ...reader, ...missing.get(reader.name) })),
		updateMs,
	};
}

async function measure(
	processes: Processes,
	start: Candidate['start'],
): Promise<{ readonly perOpenNs: number }> {
	const stop = await start();
	const perOpenNs = await quietNs(processes);
	await stop();
	return { perOpenNs };
}

/** The least of some loads. */
async function quietNs(processes: Processes): Promise<number> {
	let least = Number.POSITIVE_INFINITY;
	for (let i = 0; i < LOADS; i++) {
		const { quietNsPerCall } = await runLoad(processes, LOAD_SECONDS);
		least = Math.min(least, quietNsPerCall);
	}
	return least;
}

function byHand(processes: Processes, name: string, program: string, signal: AbortSignal): Candidate {
	return {
		name,
		start: async () => {
			const child = await processes.start('reject', programPath('reject'), [
				programPath('reject.bpf.o'),
				program,
			]);
			await untilSaid(child, 'ready\n', name, signal);
			return async () => {
				await stopChild(child, 'SIGTERM');
				const [, passed] = child.stdout().split('\n');
				if (passed !== '0') throw new Error(`${name} let ${passed} opens pass`);
			};
		},
	};
}

function byBpftrace(
	bpftrace: NonNullable<Peers['bpftrace']>,
	name: string,
	script: string,
	signal: AbortSignal,
): Candidate {
	return {
		name,
		start: async () => {
			// When a probe of its own fires it has attached the others.
			const child = await bpftrace(`${script} interval:ms:200 { printf("ready\\n"); }`);
			await untilSaid(child, 'ready\n', name, signal);
			return async () => {
				await stopChild(child, 'SIGINT');
				if (child.stdout().includes('passed')) throw new Error(`${name} let opens pass`);
			};
		},
	};
}

async function stopChild(child: Child, name: NodeJS.Signals): Promise<void> {
	child.signal(name);
	await child.end(STOP_MS);
	child.check();
}

function bySonde(startNode: () => Promise<Service>, name: string, filter: string): Candidate {
	return {
		name,
		start: async () => {
			const node = await startNode();
			const client = connect(node);
			const { trace } = await client.startTrace({
				...FASTEST_TRACE,
				probes: [{ probe: 'file.open', filter }],
			});
			return async () => {
				const { trace: after } = await client.stopTrace({ traceId: trace?.traceId ?? '' });
				client.close();
				await node.close();
				const { rejected = 0n, matched = 0n } = after?.accounting?.total ?? {};
				if (matched > 0n || rejected === 0n) throw new Error(`${name} let ${matched} opens pass`);
			};
		},
	};
}

/** Replaces the filter of a trace while the load runs, again and again. */
async function measureUpdates(
	processes: Processes,
	startNode: () => Promise<Service>,
	seconds: number,
): Promise<Spread> {
	const node = await startNode();
	const client = connect(node);
	const { trace } = await client.startTrace(FASTEST_TRACE);
	const traceId = trace?.traceId ?? '';
	const load = runLoad(processes, seconds);
	const times: number[] = [];
	const endMs = performance.now() + seconds * 900;
	while (performance.now() < endMs && times.length < MOST_UPDATES) {
		const filter = PREDICATES[times.length % PREDICATES.length]?.filter ?? '';
		const startMs = performance.now();
		await client.updateTrace({ traceId, probes: [{ probeIndex: 0, filter }] });
		times.push(performance.now() - startMs);
	}
	await load;
	await client.stopTrace({ traceId });
	client.close();
	await node.close();
	return spreadOf(times);
}
