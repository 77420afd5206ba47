// A child of the benchmark: the way of batches from the native thread to the bytes of gRPC messages, without a network.
// It runs traces in its own process while somebody else opens files at full speed, through the same registry,
// subscription and pump as the service; each message is written as for gRPC and then dropped. Its arguments are the
// seconds; it prints JSON that handover-row.ts reads.

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { create, toBinary } from '@bufbuild/protobuf';
import { pino } from 'pino';
import { StartTraceRequestSchema } from '../../clients/typescript/index.js';
import { testUser } from '../../service/auth/test-caller.js';
import { createCatalog } from '../../service/catalog/catalog.js';
import { localFeatures, reportsMisses } from '../../service/catalog/features.js';
import { StartTraceRequest } from '../../service/gen/sonde/v1/trace_service.js';
import { createMetadata } from '../../service/metadata/metadata.js';
import { loadNative } from '../../service/native.js';
import { createCostRecords } from '../../service/streaming/cost-records.js';
import { type StreamMessage, writeMessage } from '../../service/streaming/message.js';
import { createWakeup, pump } from '../../service/streaming/pump.js';
import { createStreamTotals } from '../../service/streaming/stream-totals.js';
import { createSubscription } from '../../service/streaming/subscription.js';
import { DEFAULT_NODE_LIMITS } from '../../service/traces/node-limits.js';
import { createTraceRegistry } from '../../service/traces/registry.js';
import { stopByCaller } from '../../service/traces/trace.js';
import { HANDOVER_BATCH_EVENTS } from './handover-row.js';
import { FASTEST_TRACE } from './trace-request.js';
import { parseCpuNs } from './usage.js';

const OWNER = 'benchmark';

const seconds = Number(process.argv[2]);
const native = loadNative();
const catalog = createCatalog(localFeatures());
const log = pino({ enabled: false });
const registry = createTraceRegistry({
	native,
	catalog,
	metadata: createMetadata({ native, catalog, log }),
	limits: DEFAULT_NODE_LIMITS,
	reportsMisses: reportsMisses(),
	log,
});
const results = [];
for (const maxEvents of HANDOVER_BATCH_EVENTS) results.push(await measure(maxEvents));
await registry.close();
process.stdout.write(`${JSON.stringify(results)}\n`);

async function measure(maxEvents: number) {
	// As a client makes it and the service reads it.
	const request = create(StartTraceRequestSchema, { ...FASTEST_TRACE, batch: { maxEvents } });
	const received = StartTraceRequest.decode(toBinary(StartTraceRequestSchema, request));
	const trace = await registry.start(testUser(OWNER), received);
	const wakeup = createWakeup();
	const reader = trace.subscribe(1n, wakeup.wake);
	const origin = { nodeId: OWNER, bootId: '', traceId: trace.id, epoch: 0n };
	const subscription = createSubscription({
		...{ trace, source: trace, origin, start: 1n, maxEvents: 0n, costs: createCostRecords(0n, trace.cost) },
		...{ totals: createStreamTotals(), onAdvance: reader.advance },
	});
	const sink = createSink();

	const startMs = performance.now();
	const startCpuNs = ownThreadCpuNs();
	const pumping = pump(subscription, sink, wakeup);
	await sleep(seconds * 1000);
	const { batches, bytes } = sink;
	const cpuNs = ownThreadCpuNs() - startCpuNs;
	const elapsed = (performance.now() - startMs) / 1000;
	await stopByCaller(trace);
	await pumping;
	reader.leave();
	return {
		maxEvents,
		batchesPerSecond: batches / elapsed,
		bytesPerSecond: bytes / elapsed,
		cpuUsPerBatch: cpuNs / 1000 / batches,
	};
}

/** Takes every message at once; lets others run as often as grpc-js does: after 16 messages. */
function createSink() {
	let sinceDrain = 0;
	const sink = {
		batches: 0,
		bytes: 0,
		cancelled: false,
		write(message: StreamMessage) {
			if (message.events !== undefined) sink.batches++;
			sink.bytes += writeMessage(message).length;
			sinceDrain = (sinceDrain + 1) % 16;
			return sinceDrain !== 0;
		},
		once(event: 'drain' | 'cancelled', listener: () => void) {
			if (event === 'drain') setImmediate(listener);
		},
		off() {},
	};
	return sink;
}

/** Of the thread that runs JavaScript, which has the id of the process: not the thread that reads the ring. */
function ownThreadCpuNs(): number {
	return parseCpuNs(readFileSync(`/proc/self/task/${process.pid}/stat`, 'utf8'));
}
