// A child of the benchmark: starts traces, opens so many streams of each and counts their bytes, decoding none. First it
// reads another trace for some seconds, so that the code of both sides has been compiled. Its arguments are the node's
// address, an identity, how many traces, how many streams of each, and the seconds. It prints a line of JSON when that
// first trace runs, one when all streams are open, one at each SIGUSR2, and one at its end, after SIGINT;
// fan-out-counts.ts reads them.
import { connect, decodeEnvelope, type SondeClient } from '../../clients/typescript/index.js';
import { FASTEST_TRACE } from './trace-request.js';

/** One connection for each would be most of what is measured; one for all would be its limit. */
const STREAMS_PER_CONNECTION = 8;
/** The least: it is left in the node's memory for a while. */
const WARM_RETENTION_BYTES = 1024 * 1024;

interface Stream {
	readonly traceId: string;
	bytes: number;
	messages: number;
	last: Uint8Array;
}

const [address = '', identity = '', ...counts] = process.argv.slice(2);
const [traceCount = 0, streamsOfTrace = 0, warmSeconds = 0] = counts.map(Number);
const client = connect({ address, identity });
await warmUp();

const traceIds: string[] = [];
while (traceIds.length < traceCount) traceIds.push(await startTrace(FASTEST_TRACE));
const streams = traceIds.flatMap((traceId) =>
	Array.from({ length: streamsOfTrace }, () => ({ traceId, bytes: 0, messages: 0, last: new Uint8Array() })),
);
const clients: SondeClient[] = [];
const opened: Promise<void>[] = [];
const read: Promise<void>[] = [];
for (const [index, stream] of streams.entries()) {
	if (index % STREAMS_PER_CONNECTION === 0) clients.push(connect({ address, identity }));
	const of = clients.at(-1) ?? client;
	opened.push(new Promise((resolve) => read.push(readAll(of, stream, resolve))));
}
await Promise.race([Promise.all(opened), Promise.all(read)]);

process.on('SIGUSR2', () =>
	print({
		sent: streams.map(({ last }) => Number(decodeEnvelope(last).accounting?.subscription?.sent ?? 0n)),
		bytes: streams.reduce((sum, { bytes }) => sum + bytes, 0),
		messages: streams.reduce((sum, { messages }) => sum + messages, 0),
	}),
);
for (const name of ['SIGINT', 'SIGTERM'] as const) {
	process.once(name, () => void Promise.all(traceIds.map((traceId) => client.stopTrace({ traceId }))));
}
print({ streams: streams.length });

await Promise.all(read);
for (const one of [client, ...clients]) one.close();
print(streams.map(summarize));

/** The first message comes at once, with or without events. */
async function readAll(from: SondeClient, stream: Stream, onOpen: () => void): Promise<void> {
	for await (const message of from.streamRaw({ traceId: stream.traceId })) {
		stream.bytes += message.byteLength;
		stream.messages++;
		stream.last = message;
		onOpen();
	}
}

async function warmUp(): Promise<void> {
	const traceId = await startTrace({
		...FASTEST_TRACE,
		limits: { ...FASTEST_TRACE.limits, retentionBytes: WARM_RETENTION_BYTES },
		// Ends by itself.
		maxDuration: { seconds: BigInt(warmSeconds) },
	});
	print({ warmSeconds });
	for await (const _ of client.streamRaw({ traceId }));
}

async function startTrace(request: Parameters<SondeClient['startTrace']>[0]): Promise<string> {
	const { trace } = await client.startTrace(request);
	if (trace === undefined) throw new Error('the node started a trace without saying which');
	return trace.traceId;
}

function summarize({ last }: Stream) {
	const [ended] = decodeEnvelope(last).records.flatMap(({ kind }) =>
		kind.case === 'ended' ? kind.value : [],
	);
	const { total, subscription } = ended?.accounting ?? {};
	if (total === undefined || subscription === undefined) throw new Error('a stream ended without accounting');
	return {
		sent: Number(subscription.sent),
		evicted: Number(subscription.evicted),
		rateLimited: Number(total.rateLimited),
		ringFull: Number(total.ringFull),
	};
}

function print(value: object): void {
	process.stdout.write(`${JSON.stringify(value)}\n`);
}
