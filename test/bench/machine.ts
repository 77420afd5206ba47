import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release } from 'node:os';
import { z } from 'zod';
import type { Processes } from './processes.js';

/** The load has a CPU for itself. */
export const LOAD_CPU = 1;
/** Everything that reads events shares another one. */
export const CONSUMER_CPU = 0;

const VERSION_MS = 10_000;

/** Where and with what a run was made. */
export interface Machine {
	readonly kernel: string;
	readonly cpu: string;
	readonly cpus: number;
	/** Programs and libraries with their versions. */
	readonly versions: readonly string[];
}

/** Throws if the benchmark cannot run here. */
export function checkMachine(): void {
	if (process.getuid?.() !== 0) throw new Error('the benchmark loads BPF programs: run it as root');
	if (cpus().length < 2) throw new Error('the benchmark needs two CPUs, one for the load alone');
}

/** Describes this machine. */
export async function describeMachine(processes: Processes): Promise<Machine> {
	const compiler = process.env.CLANG ?? 'clang';
	return {
		kernel: release(),
		cpu: cpus()[0]?.model ?? 'unknown',
		cpus: cpus().length,
		versions: [
			`Node ${process.version}`,
			`grpc-js ${readVersion('@grpc/grpc-js')}`,
			`clang ${parseClangVersion(await processes.run('clang', compiler, ['--version'], VERSION_MS))}`,
		],
	};
}

function readVersion(name: string): string {
	const path = createRequire(import.meta.url).resolve(`${name}/package.json`);
	return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(path, 'utf8'))).version;
}

/** Reads what `clang --version` prints. */
export function parseClangVersion(output: string): string {
	return /clang version (\S+)/.exec(output)?.[1] ?? 'unknown';
}
