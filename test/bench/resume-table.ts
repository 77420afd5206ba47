import { secondsPerMillion } from './figures.js';
import type { Results } from './results.js';
import type { Reading } from './resume-schema.js';
import { isAvailable } from './row.js';
import { table } from './table.js';

const MB = 1e6;
const NS_PER_MS = 1e6;

/** What a client gets that comes back. */
export function resumeTable({ resume }: Results): string {
	if (!isAvailable(resume)) return `Not available: ${resume.unavailable}\n`;
	const { fromOldest, fromMiddle, reconnects, retainedBytes } = resume;
	const headings = ['read', 'MB/s', 'events/s', 'CPU s/1M', 'client CPU s/1M'];
	const cells = [
		['from the oldest event', ...readingCells(fromOldest)],
		['from a cursor in the middle', ...readingCells(fromMiddle)],
	];
	const each = (value: number) => (value / NS_PER_MS / reconnects.count).toFixed(1);
	const again = [
		(reconnects.count / reconnects.seconds).toFixed(0),
		each(reconnects.serverCpuNs),
		each(reconnects.clientCpuNs),
		(reconnects.bytes / reconnects.count).toFixed(0),
	];
	return `${table(headings, cells)}
${table(['reconnects a second', 'CPU ms each', 'client CPU ms each', 'bytes each'], [again])}
The trace had retained ${(retainedBytes / MB).toFixed(0)} MB that nobody had read. A reconnect is a new connection with its TLS handshake, a resume after
the last message, one message, and the cut: one after the other, each resume checked to go on where the last one ended.
`;
}

function readingCells({ events, bytes, seconds, serverCpuNs, clientCpuNs }: Reading): string[] {
	return [
		(bytes / MB / seconds).toFixed(0),
		(events / seconds).toFixed(0),
		...[serverCpuNs, clientCpuNs].map((cpuNs) => secondsPerMillion({ cpuNs }, events).toFixed(2)),
	];
}
