import { readdir, readFile } from 'node:fs/promises';

/**
 * CPU time of all threads that a process has now, ns, by the kernel's own clock. What a process's stat file says is cut to
 * hundredths of a second, which is a tenth of what a slow load takes; it also counts threads that have ended.
 */
export async function readThreadsCpuNs(pid: number): Promise<number> {
	const threads = await readdir(`/proc/${pid}/task`);
	const texts = await Promise.all(
		threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')),
	);
	return texts.reduce((sum, text) => sum + parseSchedstat(text), 0);
}

/** Reads the schedstat file of a thread. */
export function parseSchedstat(text: string): number {
	const [cpuNs] = /^\d+(?= \d+ \d+$)/.exec(text.trim()) ?? [];
	if (cpuNs === undefined) throw new Error(`no CPU time in the schedstat line "${text.trim()}"`);
	return Number(cpuNs);
}
