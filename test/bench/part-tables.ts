import type { EncoderResult } from './encoder-row.js';
import type { HandoverResult } from './handover-row.js';
import type { Results } from './results.js';
import { isAvailable } from './row.js';
import type { Spread } from './statistics.js';
import { listMissing, table } from './table.js';

/** How fast events come, of a few. */
export function responseTable({ responses }: Results): string {
	const headings = [
		...[
			'row',
			'starts',
			'start to first event ms',
			'longest ms',
			'events',
			'event to client p50 ms',
			'p99 ms',
		],
		...['oldest of a batch p50 ms', 'p99 ms'],
	];
	const spread = (values: Spread | undefined) =>
		values === undefined ? [] : [values.p50.toFixed(1), values.p99.toFixed(1)];
	const cells = responses.filter(isAvailable).map((response) => {
		const { name, startMs, latencyMs, oldestMs } = response;
		return [
			...[name, startMs.count.toString(), startMs.p50.toFixed(1), startMs.max.toFixed(1)],
			...[latencyMs.count.toString(), ...spread(latencyMs), ...spread(oldestMs)],
		];
	});
	return `${table(headings, cells)}
${listMissing(responses)}Sonde starts with StartTrace on an open channel, the others with their process. They print to a pipe, line by line.
`;
}

/** What a client far away gets. */
export function remoteTable({ remote }: Results): string {
	if (!isAvailable(remote)) return `Not available: ${remote.unavailable}\n`;
	const headings = [
		'load',
		'round trip ms',
		'measured idle ms',
		'MB/s',
		'events/s',
		'opens/s',
		'lost',
		'came out',
	];
	const cells = remote.streams.map(
		({ pathBytes, roundTripMs, bytesPerSecond, eventsPerSecond, load, lost }) => [
			pathBytes === 0 ? 'as above' : `paths of ${pathBytes} bytes`,
			remote.delayMs.toString(),
			roundTripMs.toFixed(1),
			(bytesPerSecond / 1e6).toFixed(0),
			eventsPerSecond.toFixed(0),
			(load.calls / (load.wallNs / 1e9)).toFixed(0),
			lost.toString(),
			`${(100 * (1 - lost / load.calls)).toFixed(2)} %`,
		],
	);
	return `${table(headings, cells)}
The delay is made by ${remote.method}.
The second load makes more than any link carries, so that the link is measured and not the load: it must lose events.
`;
}

/** Parts on their own. */
export function microTable({ encoder, handover }: Results): string {
	const headings = ['part', 'a second', 'MB/s', 'CPU µs each'];
	const encoded = isAvailable(encoder) ? encoderRows(encoder) : [];
	const handed = isAvailable(handover) ? handoverRows(handover) : [];
	const missing = listMissing([
		{ name: 'encoder', ...encoder },
		{ name: 'hand-over', ...handover },
	]);
	return `${table(headings, [...encoded, ...handed])}
${missing}The hand-over is all that happens to a batch on the JavaScript thread but gRPC itself: the call from the native thread,
retention, subscription, envelope, and the copy into the message. Its CPU time is that thread's; the reader thread shares
its CPU, as in the rows above.
`;
}

function encoderRows({ encoder: { eventsPerSecond, bytesPerEvent } }: EncoderResult): string[][] {
	const megabytesPerSecond = (eventsPerSecond * bytesPerEvent) / 1e6;
	const name = 'encoder, events';
	return [
		[name, eventsPerSecond.toFixed(0), megabytesPerSecond.toFixed(0), (1e6 / eventsPerSecond).toFixed(2)],
	];
}

function handoverRows(results: HandoverResult): string[][] {
	return results.map(({ maxEvents, batchesPerSecond, bytesPerSecond, cpuUsPerBatch }) => [
		...[`hand-over, batches of ≤ ${maxEvents} events`, batchesPerSecond.toFixed(0)],
		...[(bytesPerSecond / 1e6).toFixed(0), cpuUsPerBatch.toFixed(1)],
	]);
}
