import type { Server } from '@grpc/grpc-js';
import type { Catalog } from '../catalog/catalog.js';
import { durationFromNs } from '../duration.js';
import { filterListing } from '../filter/listing.js';
import {
	type CheckFilterRequest,
	type Feature,
	type ListProbesRequest,
	type NodeLimits as NodeLimitsMessage,
	type NodeLoad,
	NodeServiceService,
	Probe,
} from '../gen/sonde/v1/node_service.js';
import type { NodeFacts } from '../node-facts.js';
import { cutText } from '../quote-input.js';
import type { StreamTotals } from '../streaming/stream-totals.js';
import { MAX_PROBES_PER_TRACE, TRACE_BOUNDS, TRACE_DURATION_BOUNDS } from '../traces/limits.js';
import type { NodeLimits } from '../traces/node-limits.js';
import type { TraceRegistry } from '../traces/registry.js';
import { takePage } from './page.js';
import { type CallContext, unary } from './unary.js';

/** Of a listing: a filter at its limit becomes twice 4,000 lines. */
const MAX_LISTING_BYTES = 1_048_576;

interface NodeServiceInit extends CallContext {
	readonly node: NodeFacts;
	/** Read for each call: that of the guard changes. */
	readonly features: readonly Feature[];
	readonly catalog: Catalog;
	readonly registry: TraceRegistry;
	readonly streamTotals: StreamTotals;
}

/** Adds sonde.v1.NodeService. */
export function addNodeService(server: Server, init: NodeServiceInit): void {
	const { node, catalog, registry, streamTotals } = init;
	const { nodeId, hostname, bootId, serviceVersion, epoch, kernel, possibleCpus } = node;
	const facts = { nodeId, hostname, bootId, serviceVersion, startUnixNano: epoch, kernel, possibleCpus };
	server.addService(NodeServiceService, {
		getNode: unary(init, () => ({
			node: {
				...facts,
				features: [...init.features],
				limits: limitsMessage(registry.limits),
				load: loadMessage(registry, streamTotals),
			},
		})),
		listProbes: unary(init, (request: ListProbesRequest) => {
			const { items, nextPageToken } = takePage(
				catalog.probes.map(({ description }) => ({
					item: description,
					key: description.id,
					bytes: Probe.encode(description).finish().length,
				})),
				request,
			);
			return { probes: items, nextPageToken };
		}),
		checkFilter: unary(init, async ({ probe, filter }: CheckFilterRequest, caller) => {
			const { compiled, verifiedInstructions } = await registry.checkFilter(caller, probe, filter);
			const { early, late } = compiled;
			return {
				earlyExpression: early?.text ?? '',
				earlyInstructions: early?.program.instructions ?? 0,
				lateExpression: late?.text ?? '',
				lateInstructions: late?.program.instructions ?? 0,
				verifiedInstructions: BigInt(verifiedInstructions),
				listing: cutText(filterListing(compiled), MAX_LISTING_BYTES),
			};
		}),
	});
}

function limitsMessage(limits: NodeLimits): NodeLimitsMessage {
	return {
		maxTraces: limits.traces,
		maxTracesPerOwner: limits.tracesPerOwner,
		maxProbesPerTrace: MAX_PROBES_PER_TRACE,
		maxSubscribersPerTrace: limits.subscribersPerTrace,
		maxSubscribers: limits.subscribers,
		maxSubscribersPerOwner: limits.subscribersPerOwner,
		maxRetentionBytes: BigInt(limits.retentionBytes),
		maxRetentionBytesPerOwner: BigInt(limits.retentionBytesPerOwner),
		maxRingBytes: BigInt(limits.ringBytes),
		maxRingBytesPerOwner: BigInt(limits.ringBytesPerOwner),
		defaultLease: durationFromNs(limits.lease.fallback),
		maxLease: durationFromNs(limits.lease.max),
		defaultMaxDuration: durationFromNs(limits.maxDuration.fallback),
		longestMaxDuration: durationFromNs(limits.maxDuration.max),
		defaultLimits: {
			eventsPerSecond: TRACE_BOUNDS.eventsPerSecond.fallback,
			cpuBudgetPermille: TRACE_BOUNDS.cpuBudgetPermille.fallback,
			ringBytes: TRACE_BOUNDS.ringBytes.fallback,
			retentionBytes: TRACE_BOUNDS.retentionBytes.fallback,
			retentionAge: durationFromNs(TRACE_DURATION_BOUNDS.retentionAge.fallback),
		},
		defaultBatch: {
			maxEvents: TRACE_BOUNDS.batchMaxEvents.fallback,
			maxBytes: TRACE_BOUNDS.batchMaxBytes.fallback,
			maxDelay: durationFromNs(TRACE_DURATION_BOUNDS.batchMaxDelay.fallback),
		},
	};
}

function loadMessage(registry: TraceRegistry, streams: StreamTotals): NodeLoad {
	const usage = registry.usage();
	const totals = registry.totals();
	const { user, system } = process.cpuUsage();
	return {
		traces: usage.traces,
		subscribers: usage.subscribers,
		residentBytes: BigInt(process.memoryUsage.rss()),
		cpuTimeNs: BigInt(user + system) * 1_000n,
		events: totals.events,
		sentEvents: streams.sentEvents,
		evictedEvents: streams.evictedEvents,
		sentBytes: streams.sentBytes,
		retainedBytes: BigInt(totals.retainedBytes),
		reservedRetentionBytes: BigInt(usage.retentionBytes),
		ringBytes: BigInt(usage.ringBytes),
		mapBytes: totals.mapBytes,
		runCount: totals.runCount,
		runTimeNs: totals.runTimeNs,
		readerCpuNs: totals.readerCpuNs,
		tracesStarted: BigInt(totals.started),
	};
}
