// Loaded into the node by --import: on SIGUSR2 it collects all garbage and says what memory is in use, one line of JSON on
// standard output. From outside neither can be had, and without the collection the figures go up and down with the load.
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** For the finalizers that a collection makes due. */
const FINALIZERS_MS = 20;

setFlagsFromString('--expose-gc');
const collectGarbage: unknown = runInNewContext('gc');

process.on('SIGUSR2', () => {
	if (typeof collectGarbage !== 'function') return;
	const beforeBytes = process.memoryUsage.rss();
	collectGarbage();
	setTimeout(() => {
		collectGarbage();
		const { heapUsed, rss } = process.memoryUsage();
		writeSync(1, `${JSON.stringify({ heapBytes: heapUsed, beforeBytes, residentBytes: rss })}\n`);
	}, FINALIZERS_MS).unref();
});
