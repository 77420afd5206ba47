import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type ConsoleOutput, parseConsole } from './console-output.js';

/** A run of commands on one kernel. */
export interface MachineRun extends ConsoleOutput {
	/** Everything that the console showed. */
	readonly log: string;
	readonly seconds: number;
}

/** Emulated machines are slow, and this one may share its CPUs with others; a machine that hangs ends then. */
const TIMEOUT_MS = 30 * 60_000;

/** Runs a shell command in a machine with this kernel. */
export async function runMachine(kernel: string, command: string, signal: AbortSignal): Promise<MachineRun> {
	const log = join(PACKAGE_ROOT, 'dist/test/kernels', `${kernel}.log`);
	mkdirSync(dirname(log), { recursive: true });
	const start = performance.now();
	// A group of its own, so that the emulator ends with its script.
	const script = spawn(join(PACKAGE_ROOT, 'test/kernels/vm.sh'), [kernel, command], {
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const ended = once(script, 'close');
	const output = createWriteStream(log);
	script.stdout.pipe(output, { end: false });
	script.stderr.pipe(output, { end: false });
	const stop = () => {
		if (script.pid !== undefined && script.exitCode === null) process.kill(-script.pid, 'SIGKILL');
	};
	const bounds = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
	bounds.addEventListener('abort', stop, { once: true });
	await ended;
	bounds.removeEventListener('abort', stop);
	await finished(output.end());
	const seconds = (performance.now() - start) / 1000;
	return { ...parseConsole(readFileSync(log, 'utf8')), log, seconds };
}
