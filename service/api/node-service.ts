import type { Server } from '@grpc/grpc-js';
import type { Catalog } from '../catalog/catalog.js';
import { durationFromNs } from '../duration.js';
import { ServiceError } from '../error.js';
import {
	type Feature,
	type ListProbesRequest,
	NodeServiceService,
	Probe,
} from '../gen/sonde/v1/node_service.js';
import type { NodeFacts } from '../node-facts.js';
import {
	MAX_PROBES_PER_TRACE,
	MAX_SUBSCRIBERS_PER_TRACE,
	MAX_TRACES,
	TRACE_BOUNDS,
	TRACE_DURATION_BOUNDS,
} from '../traces/limits.js';
import type { TraceRegistry } from '../traces/registry.js';
import { takePage } from './page.js';
import { type CallContext, unary } from './unary.js';

interface NodeServiceInit extends CallContext {
	readonly node: NodeFacts;
	readonly features: readonly Feature[];
	readonly catalog: Catalog;
	readonly registry: TraceRegistry;
}

const LIMITS = {
	maxTraces: MAX_TRACES,
	maxProbesPerTrace: MAX_PROBES_PER_TRACE,
	maxSubscribersPerTrace: MAX_SUBSCRIBERS_PER_TRACE,
	defaultLimits: {
		eventsPerSecond: TRACE_BOUNDS.eventsPerSecond.fallback,
		ringBytes: TRACE_BOUNDS.ringBytes.fallback,
		retentionBytes: TRACE_BOUNDS.retentionBytes.fallback,
	},
	defaultBatch: {
		maxEvents: TRACE_BOUNDS.batchMaxEvents.fallback,
		maxBytes: TRACE_BOUNDS.batchMaxBytes.fallback,
		maxDelay: durationFromNs(TRACE_DURATION_BOUNDS.batchMaxDelay.fallback),
	},
};

/** Adds sonde.v1.NodeService. */
export function addNodeService(server: Server, init: NodeServiceInit): void {
	const { node, features, catalog, registry } = init;
	const { nodeId, hostname, bootId, serviceVersion, epoch, kernel, possibleCpus } = node;
	const facts = { nodeId, hostname, bootId, serviceVersion, startUnixNano: epoch, kernel, possibleCpus };
	server.addService(NodeServiceService, {
		getNode: unary(init, () => ({
			node: {
				...facts,
				features: [...features],
				limits: LIMITS,
				load: { ...registry.load(), ...processLoad() },
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
		checkFilter: unary(init, () => {
			throw new ServiceError('NOT_IMPLEMENTED', 'CheckFilter is not in this version: it has no filters');
		}),
	});
}

function processLoad() {
	const { user, system } = process.cpuUsage();
	return { residentBytes: BigInt(process.memoryUsage.rss()), cpuTimeNs: BigInt(user + system) * 1_000n };
}
