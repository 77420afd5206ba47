// Prints the plan of a probe, from the catalogue on standard input, as initialisers of sonde::Step.
import { readFileSync } from 'node:fs';

const [, , id] = process.argv;
const probe = JSON.parse(readFileSync(0, 'utf8')).find((entry) => entry.id === id);
if (probe === undefined) throw new Error(`the catalogue has no probe ${id}`);
print(probe.plan.steps);

function print(steps) {
	for (const { op, offset = 0, size = 0, tag, rawTag = 0, steps: inner } of steps) {
		const name = `Op::k${op[0].toUpperCase()}${op.slice(1)}`;
		console.log(`{${name}, ${offset}, ${size}, ${tag}, ${rawTag}},`);
		if (inner === undefined) continue;
		print(inner);
		console.log('{Op::kEnd, 0, 0, 0, 0},');
	}
}
