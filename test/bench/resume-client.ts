// A child of the benchmark: reads all that an ended trace has retained, again and again, from the oldest event and from a
// cursor in the middle, counting bytes and decoding no event; then it connects, resumes by cursor, takes one message and
// cuts the connection, for some seconds. Its arguments are the node's address, an identity, the trace, the id of the
// service's process, and the seconds. It prints JSON that resume.ts reads.
import {
	connect,
	decodeEnvelope,
	type SondeClient,
	type StreamEventsResponse,
} from '../../clients/typescript/index.js';
import { readThreadsCpuNs } from './cpu-time.js';
import type { Resume } from './resume-schema.js';

/** Once is over in a second. */
const PASSES = 2;

type Start = NonNullable<Parameters<SondeClient['streamRaw']>[0]['start']>;

const OLDEST: Start = { case: undefined };
const [address = '', identity = '', traceId = '', service, seconds] = process.argv.slice(2);
const client = connect({ address, identity });

// Not measured: the code of both sides is being compiled.
const middle = await findMiddle();
const fromOldest = await readOften(OLDEST);
const fromMiddle = await readOften(middle);
client.close();
const reconnects = await reconnect(middle);
const result: Resume = { fromOldest, fromMiddle, reconnects };
process.stdout.write(`${JSON.stringify(result)}\n`);

/** The cursor after which half of the events are left. */
async function findMiddle(): Promise<Start> {
	const envelopes: { first: bigint; count: number; cursor: Uint8Array }[] = [];
	for await (const message of client.streamRaw({ traceId })) {
		const { firstSequence, eventCount, cursor } = decodeEnvelope(message);
		envelopes.push({ first: firstSequence, count: eventCount, cursor });
	}
	const [oldest, last] = [envelopes[0], envelopes.at(-1)];
	if (oldest === undefined || last === undefined) throw new Error('the trace retained nothing');
	const half = (oldest.first + last.first) / 2n;
	const found = envelopes.find(({ first, count }) => first + BigInt(count) > half) ?? last;
	return { case: 'cursor', value: found.cursor };
}

async function readOften(start: Start) {
	const before = await look();
	let events = 0;
	let bytes = 0;
	for (let pass = 0; pass < PASSES; pass++) {
		let last: Uint8Array | undefined;
		for await (const message of client.streamRaw({ traceId, start })) {
			bytes += message.byteLength;
			last = message;
		}
		events += countAll(last);
	}
	return { events, bytes, ...usedSince(before, await look()) };
}

/** Nothing that was retained may be missing. */
function countAll(last: Uint8Array | undefined): number {
	const counts = last && decodeEnvelope(last).accounting?.subscription;
	if (counts?.evicted !== 0n || counts.pending !== 0n) throw new Error('a pass did not get all events');
	return Number(counts.sent);
}

/** Follows the trace from message to message, each over a connection of its own; from the middle again at its end. */
async function reconnect(start: Start) {
	const before = await look();
	const endMs = performance.now() + Number(seconds) * 1000;
	let next = start;
	let expected: bigint | undefined;
	let count = 0;
	let bytes = 0;
	while (performance.now() < endMs) {
		const { message, byteLength } = await takeOne(next);
		count++;
		bytes += byteLength;
		if (expected !== undefined && message.firstSequence !== expected)
			throw new Error(`a resume went on at event ${message.firstSequence} instead of ${expected}`);
		const isEnd = message.eventCount === 0;
		next = isEnd ? start : { case: 'cursor', value: message.cursor };
		expected = isEnd ? undefined : message.firstSequence + BigInt(message.eventCount);
	}
	return { count, bytes, ...usedSince(before, await look()) };
}

async function takeOne(start: Start): Promise<{ message: StreamEventsResponse; byteLength: number }> {
	const one = connect({ address, identity });
	try {
		for await (const message of one.streamRaw({ traceId, start })) {
			return { message: decodeEnvelope(message), byteLength: message.byteLength };
		}
	} finally {
		one.close();
	}
	throw new Error('a resumed stream ended without a message');
}

async function look() {
	const [serverCpuNs, clientCpuNs] = await Promise.all([
		readThreadsCpuNs(Number(service)),
		readThreadsCpuNs(process.pid),
	]);
	return { ms: performance.now(), serverCpuNs, clientCpuNs };
}

type Look = Awaited<ReturnType<typeof look>>;

function usedSince(before: Look, after: Look) {
	return {
		seconds: (after.ms - before.ms) / 1000,
		serverCpuNs: after.serverCpuNs - before.serverCpuNs,
		clientCpuNs: after.clientCpuNs - before.clientCpuNs,
	};
}
