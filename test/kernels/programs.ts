// Runs in a virtual machine: loads every probe of the catalogue as this kernel would be given it, and prints how it is
// attached and what the verifier had to do for each of its programs.
import { release } from 'node:os';
import { createCatalog } from '../../service/catalog/catalog.js';
import { localFeatures } from '../../service/catalog/features.js';
import { stopByCaller } from '../../service/traces/trace.js';
import { startAttached } from '../e2e/attached-trace.js';

const hooks: (() => unknown)[] = [];
// The boot loader leaves no line end behind.
process.stdout.write(`\nkernel ${release()}\n`);
for (const { description } of createCatalog(localFeatures()).probes) {
	const { id, available, unavailableReason, attachPoints } = description;
	const kinds = [...new Set(attachPoints.map((point) => point.split('/')[0]))].sort();
	process.stdout.write(`probe ${id} ${available ? kinds.join(', ') : unavailableReason}\n`);
	if (!available) continue;
	const trace = await startAttached({ after: (hook) => hooks.push(hook) }, id);
	for (const { name, verifiedInstructions } of trace.programs.flat()) {
		process.stdout.write(`program ${id} ${name} ${verifiedInstructions}\n`);
	}
	await stopByCaller(trace);
}
for (const hook of hooks) await hook();
