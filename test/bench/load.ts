import { z } from 'zod';
import { LOAD_CPU } from './machine.js';
import { programPath } from './paths.js';
import type { Child, Processes } from './processes.js';
import { untilSaid } from './said.js';

const loadSchema = z.object({
	calls: z.number().int().positive(),
	wallNs: z.number().positive(),
	cpuNs: z.number().positive(),
	/** CPU time of an operation in the quickest tenth of some thousand bursts: what others on the machine do only adds to it. */
	quietNsPerCall: z.number().int().positive(),
});

/** What the load did, which is opens of a missing file by one thread if not said otherwise. The CPU time is that of the operations alone. */
export type LoadResult = z.infer<typeof loadSchema>;

/** What load.c opens. */
export const LOAD_PATH = '/nonexistent/sonde-bench-0123456789';

/** Beyond its own length: for a busy machine. */
const SLACK_MS = 30_000;

/** How to load. */
export interface LoadOptions {
	/** The paths have at least so many bytes. */
	readonly pathBytes?: number;
	/** Opens a second, in a burst each millisecond: a multiple of 1,000. Default: as fast as it can. */
	readonly perSecond?: number;
}

/** Runs the load for so many seconds. */
export async function runLoad(
	processes: Processes,
	seconds: number,
	{ pathBytes = 0, perSecond = 0 }: LoadOptions = {},
): Promise<LoadResult> {
	const args = [LOAD_CPU, seconds, 'open', pathBytes, perSecond].map(String);
	const output = await processes.run('load', programPath('load'), args, seconds * 1000 + SLACK_MS);
	return loadSchema.parse(JSON.parse(output));
}

/** A load that has not begun, so that tracing can begin before it. */
export interface WaitingLoad {
	readonly pid: number;
	readonly run: () => Promise<LoadResult>;
}

/** Starts a load of an operation of operations.c, at full speed. */
export async function startLoad(
	processes: Processes,
	operation: string,
	seconds: number,
	signal: AbortSignal,
): Promise<WaitingLoad> {
	const args = [LOAD_CPU, seconds, operation, 0, 0, 'wait'].map(String);
	const child = await processes.start('load', programPath('load'), args);
	await untilSaid(child, 'ready\n', 'the load', signal);
	return {
		pid: child.pid,
		run: async () => {
			child.signal('SIGUSR2');
			await child.end(seconds * 1000 + SLACK_MS);
			child.check();
			const [, result = ''] = child.stdout().split('\n');
			return loadSchema.parse(JSON.parse(result));
		},
	};
}

/** Starts a trickle: opens of missing files at a steady rate, each named after its time. paced-opens.ts finds them. */
export function startPaced(processes: Processes, perSecond: number, seconds: number): Promise<Child> {
	const args = [String(LOAD_CPU), String(perSecond), String(seconds)];
	return processes.start('paced', programPath('paced'), args);
}
