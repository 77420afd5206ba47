import { Command } from 'commander';
import { addConvert } from './convert.js';
import { addCost } from './cost.js';
import { addDoctor } from './doctor.js';
import { escapeControls } from './escape.js';
import { addFilter } from './filter.js';
import { addHealth } from './health.js';
import { addIdentity } from './identity.js';
import { addPolicy } from './policy.js';
import { addProbes } from './probes.js';
import { addPs } from './ps.js';
import { addReplay } from './replay.js';
import { addServe } from './serve.js';
import { addStop } from './stop.js';
import { addTrace } from './trace.js';
import { addUpdate } from './update.js';
import { readVersion } from './version.js';

/** Makes the command line of sonde. Its parse methods throw a CommanderError where others would end the process. */
export function createProgram(): Command {
	const program = new Command('sonde')
		.description('Traces the kernel of a host with eBPF, through its Sonde node.')
		.version(readVersion(), '-V, --version', 'print the version')
		.helpOption('-h, --help', 'print this help')
		.helpCommand(false)
		.exitOverride()
		.configureOutput({ outputError: (text, write) => write(`${usageError(text)}\n`) })
		.addHelpText('after', '\n"sonde <command> --help" explains a command.');
	addServe(program);
	addTrace(program);
	addReplay(program);
	addConvert(program);
	addPs(program);
	addCost(program);
	addUpdate(program);
	addFilter(program);
	addStop(program);
	addPolicy(program);
	addProbes(program);
	addDoctor(program);
	addHealth(program);
	addIdentity(program);
	return program;
}

/** Puts what commander says about wrong usage into our form, on one line. */
function usageError(text: string): string {
	return `sonde: ${escapeControls(
		text
			.trim()
			.replace(/^error: /, '')
			.replace(/\s*\n\s*/g, ' '),
	)}`;
}
