import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createCliRow } from './cli-row.js';
import { measureEncoder } from './encoder-row.js';
import { measureFanOut } from './fan-out.js';
import { measureHandover } from './handover-row.js';
import { createLimitRow, LIMIT_ROW } from './limit-row.js';
import { CONSUMER_CPU } from './machine.js';
import type { BenchOptions } from './options.js';
import { programPath } from './paths.js';
import { createPeerRow } from './peer-row.js';
import type { Peers } from './peers.js';
import { measurePipeResponse } from './pipe-response.js';
import { measureProbeCosts } from './probe-cost.js';
import type { Processes } from './processes.js';
import { measureRejects } from './reject.js';
import { measureRemote } from './remote.js';
import type { Response } from './response.js';
import { LONG_ROW, type Results } from './results.js';
import { measureResume } from './resume.js';
import { type RunContext, runRounds } from './rounds.js';
import { type NotAvailable, orNotAvailable } from './row.js';
import { measureSondeResponse } from './sonde-response.js';
import { createSondeRow, SONDE_ROW } from './sonde-row.js';

/** A micro-benchmark needs no more. */
const MOST_MICRO_SECONDS = 3;
/** The window of TCP grows first. */
const REMOTE_ROWS = 2;

/** Measures everything. Files go to the scratch directory. */
export async function runAll(
	processes: Processes,
	{ peers, bpftrace, scratch }: Pick<Peers, 'peers' | 'bpftrace'> & { readonly scratch: string },
	options: BenchOptions,
	context: RunContext,
): Promise<Results> {
	const { signal, progress } = context;
	const { seconds, longSeconds } = options;
	const service = {
		state: join(scratch, 'state'),
		profile: options.profile ? programPath('profiles') : undefined,
	};
	mkdirSync(service.state, { mode: 0o700 });
	if (service.profile !== undefined) {
		rmSync(service.profile, { recursive: true, force: true });
		progress(`profiles, in the order of the services: ${service.profile}`);
	}
	const step = <T extends object>(name: string, measuring: () => Promise<T>) => {
		progress(name);
		return orNotAvailable(processes, measuring(), signal);
	};

	const sonde = createSondeRow(processes, service, signal);
	const rows = [
		createLimitRow(processes, signal),
		...peers.map((peer) => createPeerRow(processes, scratch, peer, signal)),
		sonde,
		createCliRow(processes, scratch, service, signal),
	];
	const rounds = await runRounds(processes, rows, options, context);
	progress(`${LONG_ROW} of ${longSeconds} s`);
	const long = await sonde.measure(longSeconds);

	const responses: (Response | (NotAvailable & { name: string }))[] = [];
	const limit = {
		name: LIMIT_ROW,
		start: (output: (chunk: string) => void) =>
			processes.start(
				LIMIT_ROW,
				programPath('limit'),
				[String(CONSUMER_CPU), programPath('limit.bpf.o'), 'print'],
				output,
			),
	};
	const prompt = peers.map(({ name, start }) => ({
		name,
		start: (output: (chunk: string) => void) => start(true, output),
	}));
	for (const reader of [limit, ...prompt]) {
		const response = await step(`response: ${reader.name}`, () =>
			measurePipeResponse(processes, reader, seconds, signal),
		);
		responses.push({ ...response, name: reader.name });
	}
	const response = await step(`response: ${SONDE_ROW}`, () =>
		measureSondeResponse(processes, service, seconds, signal),
	);
	responses.push({ ...response, name: SONDE_ROW });

	const microSeconds = Math.min(seconds, MOST_MICRO_SECONDS);
	return {
		rows: rows.map(({ name }) => name),
		rounds,
		long,
		responses,
		remote: await step('20 ms round trip', () =>
			measureRemote(processes, service, REMOTE_ROWS * seconds, signal),
		),
		fanOut: await measureFanOut(processes, service, seconds, context),
		rejects: await step('rejected events', () =>
			measureRejects(processes, { service, bpftrace }, options, context),
		),
		probeCosts: await step('events of hot probes', () =>
			measureProbeCosts(processes, { service, bpftrace, scratch }, options, context),
		),
		resume: await step('resume', () => measureResume(processes, service, seconds, signal)),
		handover: await step('hand-over', () => measureHandover(processes, microSeconds)),
		encoder: await step('encoder', () => measureEncoder(processes, microSeconds)),
	};
}
