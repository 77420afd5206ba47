// A child of the benchmark: reads the opens of a trickle with everything as a trace has it by default, and prints how old
// they were when they arrived, as JSON. Its arguments are the node's address, an identity, and the seconds.
import { connect } from '../../clients/typescript/index.js';
import { pacedMs, unixMsNow } from './paced-opens.js';
import { spreadOf } from './statistics.js';

const NS_PER_MS = 1_000_000;

const [address = '', identity = '', seconds] = process.argv.slice(2);
const client = connect({ address, identity });

const latencyMs: number[] = [];
const oldestMs: number[] = [];
const endMs = performance.now() + Number(seconds) * 1000;
for await (const { events } of client.trace({ probes: [{ probe: 'file.open' }] })) {
	const nowMs = unixMsNow();
	if (performance.now() > endMs) break;
	// In order of time: the first one is the oldest.
	const [oldest] = events;
	if (oldest !== undefined) oldestMs.push(nowMs - Number(oldest.timeUnixNano) / NS_PER_MS);
	for (const { payload } of events) {
		const calledMs = payload.case === 'fileOpen' ? pacedMs(payload.value.path) : undefined;
		if (calledMs !== undefined) latencyMs.push(nowMs - calledMs);
	}
}
client.close();
process.stdout.write(`${JSON.stringify({ latencyMs: spreadOf(latencyMs), oldestMs: spreadOf(oldestMs) })}\n`);
