// Prints the plans of all probes, from the catalogue on standard input, as initialisers of sonde::Plan.
import { readFileSync } from 'node:fs';

for (const { id, plan } of JSON.parse(readFileSync(0, 'utf8'))) {
	const { startBoottime, cgroup, tgid, uid } = plan.subject;
	console.log(
		`// ${id}\nPlan({\n${steps(plan.steps).join('\n')}\n}, {names}, {${[startBoottime, cgroup, tgid, uid]}}),`,
	);
}

// All names are of the one table that there is.
function steps(list) {
	return list.flatMap(({ op, offset = 0, size = 0, tag, rawTag = 0, steps: inner }) => {
		const step = `{Op::k${op[0].toUpperCase()}${op.slice(1)}, ${offset}, ${size}, ${tag}, ${rawTag}},`;
		return inner === undefined ? [step] : [step, ...steps(inner), '{Op::kEnd, 0, 0, 0, 0},'];
	});
}
