// Runs in a virtual machine: loads every probe of the catalogue as this kernel would be given it, and prints what the
// verifier had to do for each of its programs.
import { release } from 'node:os';
import { readCatalog } from '../../service/catalog/entry.js';
import { stopByCaller } from '../../service/traces/trace.js';
import { startAttached } from '../e2e/attached-trace.js';

const hooks: (() => unknown)[] = [];
// The boot loader leaves no line end behind.
process.stdout.write(`\nkernel ${release()}\n`);
for (const { id } of readCatalog()) {
	const trace = await startAttached({ after: (hook) => hooks.push(hook) }, id);
	for (const { name, verifiedInstructions } of trace.programs.flat()) {
		process.stdout.write(`program ${name} ${verifiedInstructions}\n`);
	}
	await stopByCaller(trace);
}
for (const hook of hooks) await hook();
