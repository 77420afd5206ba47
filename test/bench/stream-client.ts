// A child of the benchmark: streams events and counts the bytes, decoding none. Its arguments are the node's address, an
// identity, and probes in JSON; without these it watches the opens of the whole machine. It prints a line of JSON when the trace runs, one at each SIGUSR2, and one at its
// end, after SIGINT; stream-counts.ts reads them.
import { type Accounting, connect, decodeEnvelope } from '../../clients/typescript/index.js';
import { measureRoundTripMs } from './round-trip.js';
import { FASTEST_TRACE } from './trace-request.js';

const [address = '', identity = '', probes] = process.argv.slice(2);
const client = connect({ address, identity });
const roundTripMs = await measureRoundTripMs(client);
const { trace } = await client.startTrace({
	...FASTEST_TRACE,
	...(probes === undefined ? {} : { probes: JSON.parse(probes) }),
});
if (trace === undefined) throw new Error('the node started a trace without saying which');
const { traceId } = trace;

let bytes = 0;
let messages = 0;
let last: Uint8Array = new Uint8Array();

process.on('SIGUSR2', () => {
	const sent = Number(decodeEnvelope(last).accounting?.subscription?.sent ?? 0n);
	print({ sent, bytes, messages });
});
for (const name of ['SIGINT', 'SIGTERM'] as const) {
	process.once(name, () => void client.stopTrace({ traceId }));
}
print({ roundTripMs });

for await (const message of client.streamRaw({ traceId })) {
	bytes += message.byteLength;
	messages++;
	last = message;
}
const { trace: ended } = await client.getTrace({ traceId });
client.close();
const [end] = decodeEnvelope(last).records.flatMap(({ kind }) => (kind.case === 'ended' ? kind.value : []));
print({ ...summarize(end?.accounting), averageNs: Number(ended?.cost?.averageNs) });

function summarize(accounting: Accounting | undefined) {
	const { total, subscription } = accounting ?? {};
	if (total === undefined || subscription === undefined)
		throw new Error('the stream ended without accounting');
	return {
		sent: Number(subscription.sent),
		bytes,
		messages,
		evicted: Number(subscription.evicted),
		fired: Number(total.fired),
		startLost: Number(total.startLost),
		encoded: Number(total.encoded),
		rateLimited: Number(total.rateLimited),
		ringFull: Number(total.ringFull),
		// null: this kernel does not count them.
		missed: total.missed === undefined ? null : Number(total.missed),
	};
}

function print(value: object): void {
	process.stdout.write(`${JSON.stringify(value)}\n`);
}
