import { closeSync, createReadStream, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type FileScan, scanFile } from './file-scan.js';
import { LOAD_PATH, type LoadResult, runLoad, startPaced } from './load.js';
import { createPacedFinder } from './paced-opens.js';
import type { Child, Processes } from './processes.js';
import { waitForQuiet } from './quiet.js';
import type { Use } from './row.js';
import { readUsage, usedBetween } from './usage.js';
import { until } from './wait.js';

/** A program that writes a line for each open into a file. */
export interface FileReader {
	readonly scratch: string;
	readonly start: (output: number) => Promise<Child>;
	/** What works for it, measured too. */
	readonly servers: readonly Child[];
}

/** What one did beside the load. */
export interface FileReaderResult {
	readonly load: LoadResult;
	readonly file: FileScan;
	/** Of the program, then of what works for it. */
	readonly uses: readonly [Use, ...Use[]];
	/** The end of what it said. */
	readonly stderr: string;
}

/** Opens a second, to see that the program is attached. */
const TRICKLE_RATE = 1000;
const ATTACH_MS = 60_000;
const END_MS = 30_000;

/** Measures a program that writes a line for each open, with a load of so many seconds. */
export async function measureFileReader(
	processes: Processes,
	{ scratch, start, servers }: FileReader,
	seconds: number,
	signal: AbortSignal,
): Promise<FileReaderResult> {
	const path = join(scratch, 'lines');
	const descriptor = openSync(path, 'w');
	try {
		const reader = await start(descriptor);
		const children = [reader, ...servers];
		await waitUntilAttached(processes, reader, path, signal);
		await waitForQuiet(children, signal);

		const read = () => Promise.all(children.map(({ pid }) => readUsage(pid)));
		const before = await read();
		const load = await runLoad(processes, seconds);
		await waitForQuiet(children, signal);
		const after = await read();

		// As Ctrl-C does: it writes what it still holds.
		reader.signal('SIGINT');
		await reader.end(END_MS);
		const [own, ...others] = before.flatMap((usage, index) => {
			const later = after[index];
			return later === undefined ? [] : usedBetween(usage, later);
		});
		if (own === undefined) throw new Error('a reader was not measured');
		return {
			load,
			file: await scanFile(path, LOAD_PATH),
			uses: [own, ...others],
			stderr: reader.stderr().trim().split('\n').at(-1) ?? '',
		};
	} finally {
		closeSync(descriptor);
		rmSync(path, { force: true });
	}
}

/** A program is attached when an open of a trickle is in its file. */
async function waitUntilAttached(
	processes: Processes,
	reader: Child,
	path: string,
	signal: AbortSignal,
): Promise<void> {
	const trickle = await startPaced(processes, TRICKLE_RATE, (2 * ATTACH_MS) / 1000);
	const hasSeenIt = async () => {
		reader.check();
		if (reader.ended()) throw new Error('it ended by itself');
		const find = createPacedFinder();
		const chunks: AsyncIterable<string> = createReadStream(path, 'utf8');
		for await (const chunk of chunks) if (find(chunk).length > 0) return true;
		return undefined;
	};
	await until(hasSeenIt, { what: 'attaching', timeoutMs: ATTACH_MS, signal });
	trickle.signal('SIGTERM');
	await trickle.end(END_MS);
}
