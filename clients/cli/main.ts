#!/usr/bin/env -S node --max-semi-space-size=1 --initial-old-space-size=64 --v8-pool-size=1
// For a node that streams. A young generation of 2 MB and not of 32, so that messages that were sent are given back before
// there are many of them. No full garbage collection for the memory of messages, which is soon free anyway: otherwise a node
// at full speed makes three a second and spends a quarter of its CPU time on them (measured). One thread for V8's own work
// beside the JavaScript and not four, each of which keeps the memory that it once compiled with: 8 MB less (measured).
import { CommanderError } from 'commander';
import { createOutput } from './output.js';
import { createProgram } from './program.js';

/** Exit code of a command that was written wrongly. */
const USAGE_ERROR = 2;

/** Exit code of a command that failed. */
const FAILURE = 1;

process.exitCode = await run(process.argv.slice(2));
// Sockets of a connection that was never established would keep the process for another 20 seconds. All output is
// written by now: every command waits for it.
process.exit();

async function run(commandLine: readonly string[]): Promise<string | number | undefined> {
	const stderr = createOutput(process.stderr);
	try {
		await createProgram().parseAsync(commandLine, { from: 'user' });
		return process.exitCode;
	} catch (error) {
		// Commander has said all of it, also for --help and --version, which are no errors.
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_ERROR;
		// It knows the errors of the SDK, which a node that serves does not load.
		const { describeError } = await import('./describe-error.js');
		await stderr.write(`sonde: ${describeError(error)}\n`);
		return FAILURE;
	}
}
