// Every request message: any bytes are decoded by the generated code, and what they say is checked and completed as the
// handlers do. The first byte chooses the message.
import { takePage } from '../../../service/api/page.js';
import { createCatalog } from '../../../service/catalog/catalog.js';
import { readCatalog } from '../../../service/catalog/entry.js';
import { localFeatures } from '../../../service/catalog/features.js';
import {
	CheckFilterRequest,
	GetNodeRequest,
	ListProbesRequest,
} from '../../../service/gen/sonde/v1/node_service.js';
import { Backpressure } from '../../../service/gen/sonde/v1/trace.js';
import {
	GetTraceRequest,
	ListTracesRequest,
	StartTraceRequest,
	StopTraceRequest,
	StreamEventsRequest,
	UpdateTraceRequest,
} from '../../../service/gen/sonde/v1/trace_service.js';
import { startSequence } from '../../../service/streaming/start-sequence.js';
import { parseStreamSettings } from '../../../service/streaming/stream-settings.js';
import { findKnown } from '../../../service/traces/find-probe.js';
import { DEFAULT_NODE_LIMITS } from '../../../service/traces/node-limits.js';
import { optionConstants } from '../../../service/traces/probe-options.js';
import { parseSettings } from '../../../service/traces/settings.js';
import { parseUpdate } from '../../../service/traces/update.js';
import { orRefusal } from './refusal.js';

const TRACE = { id: '00112233445566778899aabbccddeeff', oldestSequence: 10n, nextSequence: 20n };
const EPOCH = 1_700_000_000_000_000_000n;

const catalog = createCatalog(localFeatures());
const items = readCatalog().map((item) => ({ item, key: item.id, bytes: 1_000 }));
const present = parseSettings(
	StartTraceRequest.decode(Buffer.from('\x12\x0b\n\x09file.open\x12\x09\n\x07syscall', 'latin1')),
	DEFAULT_NODE_LIMITS,
);

/** Of each message: decodes it, and gives what remains to be done. */
const MESSAGES: readonly ((bytes: Uint8Array) => () => unknown)[] = [
	(bytes) => {
		const request = StartTraceRequest.decode(bytes);
		return () => {
			const { probes } = parseSettings(request, DEFAULT_NODE_LIMITS);
			for (const [i, { probe, options }] of probes.entries()) {
				optionConstants(findKnown(catalog, probe, `probes[${i}].probe`), options, `probes[${i}].options`);
			}
			// As it is encoded to be compared with the same request again.
			return StartTraceRequest.encode(request).finish();
		};
	},
	(bytes) => {
		const request = UpdateTraceRequest.decode(bytes);
		return () => parseUpdate(request, present, DEFAULT_NODE_LIMITS);
	},
	(bytes) => {
		const request = StreamEventsRequest.decode(bytes);
		return () => {
			const start = startSequence(request, TRACE, EPOCH);
			if (start < 1n || start > TRACE.nextSequence) throw new Error(`a stream starts at ${start}`);
			return parseStreamSettings(request, Backpressure.DROP_OLDEST);
		};
	},
	(bytes) => {
		const request = ListTracesRequest.decode(bytes);
		return () => takePage(items, request);
	},
	(bytes) => {
		const request = ListProbesRequest.decode(bytes);
		return () => takePage(items, request);
	},
	(bytes) => {
		const { probe } = CheckFilterRequest.decode(bytes);
		return () => findKnown(catalog, probe, 'probe');
	},
	(bytes) => {
		StopTraceRequest.decode(bytes);
		GetTraceRequest.decode(bytes);
		GetNodeRequest.decode(bytes);
		return () => undefined;
	},
];

export function fuzz(data: Buffer): void {
	const [choice = 0] = data;
	let work: (() => unknown) | undefined;
	try {
		work = MESSAGES[choice % MESSAGES.length]?.(data.subarray(1));
	} catch {
		// No message: grpc-js says so to the caller, who made it.
	}
	if (work !== undefined) orRefusal(work);
}
