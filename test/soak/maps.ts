import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** The kernel lets go of what a process held a moment after its end. */
const PATIENCE_MS = 10_000;
const POLL_MS = 100;

/** Those of these maps that the kernel still has, after some patience. */
export async function mapsLeft(ids: ReadonlySet<number>): Promise<number[]> {
	const deadline = Date.now() + PATIENCE_MS;
	for (;;) {
		const { stdout } = await promisify(execFile)('bpftool', ['--json', 'map', 'list'], {
			maxBuffer: 1 << 26,
		});
		const maps: { id: number }[] = JSON.parse(stdout);
		const left = maps.map(({ id }) => id).filter((id) => ids.has(id));
		if (left.length === 0 || Date.now() > deadline) return left;
		await sleep(POLL_MS);
	}
}
