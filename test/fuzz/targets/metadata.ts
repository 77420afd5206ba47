// Texts of /proc and of the cgroup file system, parts of which processes choose: none leads to an error, and what is found is
// in the text. The first byte chooses the text.
import { cgroupFacts } from '../../../service/metadata/cgroup-facts.js';
import {
	cutArguments,
	MOST_ARGUMENT_BYTES,
	parseStat,
	splitArguments,
} from '../../../service/metadata/proc-process.js';
import { parseMappings } from '../../../service/stacks/mappings.js';

const TEXTS: readonly ((data: Buffer) => void)[] = [
	(data) => {
		const path = data.toString();
		const { systemdUnit, containerId, podUid } = cgroupFacts(path);
		check(path.includes(systemdUnit), 'the unit is made up');
		check(path.includes(containerId) && /^([0-9a-f]{64})?$/.test(containerId), 'the container is made up');
		check(/^[0-9a-f-]{0,36}$/.test(podUid), 'the pod is made up');
	},
	(data) => {
		const { arguments: kept } = cutArguments(splitArguments(data));
		// A byte that is not UTF-8 becomes three.
		const bytes = kept.reduce((sum, argument) => sum + Buffer.byteLength(argument), 0);
		check(bytes <= 3 * MOST_ARGUMENT_BYTES, `arguments of ${bytes} bytes`);
	},
	(data) => {
		// Of the text, a process chooses only what stands in the brackets.
		const stat = `7 (${data.toString('latin1')}) S 3 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 4711 1 1`;
		const { startTicks, parentTgid } = parseStat(stat) ?? {};
		check(startTicks === 4711n && parentTgid === 3, 'a name changes what is read behind it');
	},
	(data) => {
		for (const { start, end, fileOffset, path } of parseMappings(data.toString())) {
			check(path.startsWith('/') && [start, end, fileOffset].every((each) => each >= 0n), 'a wrong mapping');
		}
	},
];

export function fuzz(data: Buffer): void {
	const [choice = 0] = data;
	TEXTS[choice % TEXTS.length]?.(data.subarray(1));
}

function check(holds: boolean, wrong: string): void {
	if (!holds) throw new Error(wrong);
}
