// A child of the benchmark: starts a trace again and again on one open channel, and prints the times from the call of
// StartTrace to the first event, as JSON. Its arguments are the node's address, an identity, and how often. Somebody else
// opens files meanwhile.
import { connect } from '../../clients/typescript/index.js';
import { spreadOf } from './statistics.js';
import { FASTEST_TRACE } from './trace-request.js';

const [address = '', identity = '', times] = process.argv.slice(2);
const client = connect({ address, identity });
await client.getNode();

const startMs: number[] = [];
while (startMs.length < Number(times)) {
	const calledMs = performance.now();
	for await (const { eventCount } of client.trace(FASTEST_TRACE)) {
		if (eventCount === 0) continue;
		startMs.push(performance.now() - calledMs);
		// Leaving the loop stops the trace.
		break;
	}
}
client.close();
process.stdout.write(`${JSON.stringify({ startMs: spreadOf(startMs) })}\n`);
