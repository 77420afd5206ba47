import { z } from 'zod';
import { LOAD_CPU } from './machine.js';
import { programPath } from './paths.js';
import type { Processes } from './processes.js';

const loadSchema = z.object({
	calls: z.number().int().positive(),
	wallNs: z.number().positive(),
	cpuNs: z.number().positive(),
});

/** What the load did: opens of a missing file by one thread, as fast as it could. */
export type LoadResult = z.infer<typeof loadSchema>;

/** Beyond its own length: for a busy machine. */
const SLACK_MS = 30_000;

/** Runs the load for so many seconds. */
export async function runLoad(processes: Processes, seconds: number): Promise<LoadResult> {
	const args = [String(LOAD_CPU), 'seconds', String(seconds)];
	const output = await processes.run('load', programPath('load'), args, seconds * 1000 + SLACK_MS);
	return loadSchema.parse(JSON.parse(output));
}
