import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package, seen from dist/test/bench. */
const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));

export const BENCH_DIRECTORY = join(PACKAGE, 'test/bench');
/** Scripts that get the tools of today. */
export const PEERS_DIRECTORY = join(PACKAGE, 'test/peers');
export const SONDE_CLI = join(PACKAGE, 'dist/clients/cli/main.js');

/** A file that build.sh made. */
export function programPath(name: string): string {
	return join(BENCH_DIRECTORY, 'build', name);
}

/** A program of the benchmark in JavaScript, which runs as a process of its own. */
export function scriptPath(name: string): string {
	return join(PACKAGE, 'dist/test/bench', `${name}.js`);
}
