import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { scanFile } from './file-scan.js';
import { startLoad } from './load.js';
import { programPath } from './paths.js';
import type { Peers } from './peers.js';
import type { ProbeCost, Sample } from './probe-cost-figures.js';
import { PROBE_LOADS, type ProbeLoad } from './probe-loads.js';
import { EVENT } from './probe-scripts.js';
import type { Processes } from './processes.js';
import { waitForQuiet } from './quiet.js';
import type { RunContext } from './rounds.js';
import { type NotAvailable, orNotAvailable } from './row.js';
import { untilSaid } from './said.js';
import { type Service, type ServiceOptions, startClient, startService } from './service.js';
import { openStreamClient } from './stream-counts.js';
import { until } from './wait.js';

/** What there is to measure with. */
export interface ProbeCostParts {
	readonly service: ServiceOptions;
	readonly bpftrace: Peers['bpftrace'];
	readonly scratch: string;
}

/** Watches a process; resolves when it is attached. What it gives ends it and counts. */
type Watch = (load: ProbeLoad, tgid: number) => Promise<() => Promise<Pick<Sample, 'events' | 'lost'>>>;

const LOAD_SECONDS = 1;
const START_MS = 60_000;
const STOP_MS = 20_000;

/** Measures what an event of each hot probe costs: without tracing, under Sonde, under bpftrace, in turn. */
export async function measureProbeCosts(
	processes: Processes,
	{ service, bpftrace, scratch }: ProbeCostParts,
	{ rounds }: { readonly rounds: number },
	{ signal, progress }: RunContext,
): Promise<ProbeCost[]> {
	const costs = PROBE_LOADS.map((load) => ({
		load,
		none: [] as number[],
		sonde: [] as (Sample | NotAvailable)[],
		bpftrace: [] as (Sample | NotAvailable)[],
	}));
	const under = (load: ProbeLoad, watch: Watch) =>
		orNotAvailable(processes, measure(processes, load, watch, signal), signal);
	for (let round = 1; round <= rounds; round++) {
		progress(`events of hot probes, round ${round} of ${rounds}`);
		let node: Service | undefined;
		// What cannot be measured takes all processes with it.
		const findNode = async () => {
			if (node === undefined || node.child.ended()) node = await startService(processes, service, signal);
			return node;
		};
		for (const { load, ...results } of costs) {
			results.none.push((await measure(processes, load, byNobody, signal)).quietNsPerCall);
			results.sonde.push(await under(load, bySonde(processes, findNode, signal)));
			if (bpftrace !== undefined)
				results.bpftrace.push(await under(load, byBpftrace(processes, bpftrace, scratch, signal)));
		}
		if (node !== undefined && !node.child.ended()) await node.close();
	}
	return costs.map(({ load: { spec, title, eventsPerCall }, ...results }) => ({
		...{ probe: spec.probe, title, eventsPerCall },
		...results,
	}));
}

async function measure(
	processes: Processes,
	load: ProbeLoad,
	watch: Watch,
	signal: AbortSignal,
): Promise<Sample> {
	const waiting = await startLoad(processes, load.operation, LOAD_SECONDS, signal);
	const end = await watch(load, waiting.pid);
	const { quietNsPerCall, calls } = await waiting.run();
	return { quietNsPerCall, calls, ...(await end()) };
}

async function byNobody() {
	return async () => ({ events: 0, lost: 0 });
}

function bySonde(processes: Processes, findNode: () => Promise<Service>, signal: AbortSignal): Watch {
	return async ({ spec }, tgid) => {
		const probes = JSON.stringify([{ ...spec, filter: `process.tgid == ${tgid}` }]);
		const client = await startClient(processes, 'stream-client', await findNode(), { args: [probes] });
		const reader = await openStreamClient(client, signal);
		return async () => {
			const { sent, evicted, rateLimited, ringFull, startLost } = await reader.end();
			return { events: sent, lost: evicted + rateLimited + ringFull + startLost };
		};
	};
}

function byBpftrace(
	processes: Processes,
	bpftrace: NonNullable<Peers['bpftrace']>,
	scratch: string,
	signal: AbortSignal,
): Watch {
	return async ({ script }, tgid) => {
		const letGo = await holdObject(processes, signal);
		const path = join(scratch, 'events');
		const descriptor = openSync(path, 'w');
		// When a probe of its own fires it has attached the others; print leaves at once, also into a file.
		const child = await bpftrace(`interval:ms:200 { print("ready"); }${script(tgid)}`, descriptor);
		closeSync(descriptor);
		const isAttached = async () => {
			if (child.ended()) throw new Error(`bpftrace ended by itself: ${errorOf(child.stderr())}`);
			return statSync(path).size > 0 || undefined;
		};
		await until(isAttached, { what: 'the start of bpftrace', timeoutMs: START_MS, signal });
		await letGo();
		return async () => {
			await waitForQuiet([child], signal);
			child.signal('SIGINT');
			await child.end(STOP_MS);
			child.check();
			const { hits } = await scanFile(path, EVENT);
			rmSync(path);
			return { events: hits, lost: 0 };
		};
	};
}

/**
 * bpftrace 0.27 finds raw tracepoints only where some BPF object is loaded: it takes it for an error that no BTF follows the
 * kernel's own, which has the lowest id. Modules would do as well. What this gives unloads the object.
 */
async function holdObject(processes: Processes, signal: AbortSignal): Promise<() => Promise<void>> {
	const args = [programPath('reject.bpf.o'), 'empty'];
	const child = await processes.start('reject', programPath('reject'), args);
	await untilSaid(child, 'ready\n', 'a BPF program', signal);
	return async () => {
		child.signal('SIGTERM');
		await child.end(STOP_MS);
		child.check();
	};
}

/** It warns of much before it says what is wrong, and shows where afterwards. */
function errorOf(stderr: string): string {
	return /ERROR: .*/.exec(stderr)?.[0] ?? stderr.trim();
}
