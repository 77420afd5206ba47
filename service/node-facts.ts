import { readFileSync } from 'node:fs';
import { cpus, hostname, machine, release, version } from 'node:os';
import { join } from 'node:path';
import { unixNanoNow } from './duration.js';
import type { Kernel } from './gen/sonde/v1/node_service.js';
import { PACKAGE_ROOT, readManifest } from './paths.js';

/** What a node is; it does not change while the service runs. */
export interface NodeFacts {
	readonly nodeId: string;
	readonly hostname: string;
	readonly bootId: string;
	readonly serviceVersion: string;
	/** When the service started, ns since the Unix epoch; names this run of it in cursors. */
	readonly epoch: bigint;
	readonly kernel: Kernel;
	readonly possibleCpus: number;
}

/** Finds out what this node is. */
export function readNodeFacts(nodeId: string): NodeFacts {
	return {
		nodeId,
		hostname: hostname(),
		bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
		serviceVersion: readManifest(join(PACKAGE_ROOT, 'package.json')).version,
		epoch: unixNanoNow(),
		kernel: { release: release(), version: version(), machine: machine() },
		possibleCpus: possibleCpus(),
	};
}

/** From a list of ranges such as "0-3,8-11". */
function possibleCpus(): number {
	const ranges = readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim().split(',');
	const count = ranges.reduce((sum, range) => {
		const [first = 0, last = first] = range.split('-').map(Number);
		return sum + last - first + 1;
	}, 0);
	return Number.isInteger(count) ? count : cpus().length;
}
