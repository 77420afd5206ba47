import type { Logger } from 'pino';
import type { Catalog, CatalogProbe } from '../catalog/catalog.js';
import { ServiceError } from '../error.js';
import { EndReason, TraceState } from '../gen/sonde/v1/trace.js';
import { StartTraceRequest } from '../gen/sonde/v1/trace_service.js';
import type { Native, NativeTraceOptions } from '../native.js';
import { quoteInput } from '../quote-input.js';
import { EVENTS_FIELD } from './events-field.js';
import { ENDED_TRACE_MS, MAX_ENDED_RETENTION_BYTES, MAX_ENDED_TRACES } from './limits.js';
import type { NodeLimits } from './node-limits.js';
import { createQuotas, type Demand, type Usage } from './quotas.js';
import type { Reader } from './readers.js';
import { createRequestLog } from './requests.js';
import { ringLayout } from './ring-layout.js';
import { parseSettings, type TraceSettings } from './settings.js';
import { explainStartFailure } from './start-failure.js';
import { createTotals, type TraceTotals } from './totals.js';
import { createTrace, type Trace, type TraceEnd } from './trace.js';
import type { TraceUpdate } from './update.js';

/** All traces of the node. */
export interface TraceRegistry {
	readonly limits: NodeLimits;
	/**
	 * Starts what a request asks for, or finds what the same request has started before.
	 *
	 * @throws ServiceError INVALID_FIELD, NOT_IMPLEMENTED, REQUEST_ID_REUSED, UNKNOWN_PROBE, PROBE_UNAVAILABLE, ATTACH_FAILED,
	 *   TOO_MANY_TRACES, TOO_MUCH_MEMORY, SHUTTING_DOWN, INTERNAL.
	 */
	start(owner: string, request: StartTraceRequest): Promise<Trace>;
	/** @throws ServiceError TRACE_NOT_FOUND; also for a trace of somebody else. */
	find(owner: string, id: string): Trace;
	/** Changes a trace within the quotas of its owner. @throws ServiceError TOO_MUCH_MEMORY, TRACE_ENDED. */
	update(trace: Trace, update: TraceUpdate): void;
	/**
	 * Adds a reader to a trace, within the quotas of the caller.
	 *
	 * @param bufferBytes that it asks for on top of the trace's retention.
	 * @throws ServiceError TOO_MANY_STREAMS, TOO_MUCH_MEMORY.
	 */
	subscribe(trace: Trace, subscriber: Subscriber): Reader;
	/** Oldest first. */
	ofOwner(owner: string): Trace[];
	/** What all traces have asked for and not given back. */
	usage(): Usage;
	totals(): TraceTotals;
	/** Ends all traces and starts no more. */
	close(): Promise<void>;
}

/** Who wants to read a trace, from where on. */
export interface Subscriber {
	readonly owner: string;
	readonly position: bigint;
	readonly bufferBytes: number;
	readonly onChange: () => void;
}

interface RegistryInit {
	readonly native: Native;
	readonly catalog: Catalog;
	readonly limits: NodeLimits;
	readonly reportsMisses: boolean;
	readonly log: Logger;
}

/** Makes an empty registry. */
export function createTraceRegistry({
	native,
	catalog,
	limits,
	reportsMisses,
	log,
}: RegistryInit): TraceRegistry {
	const traces = new Map<string, Trace>();
	const quotas = createQuotas(limits);
	const requests = createRequestLog();
	const totals = createTotals();
	/** Gives back what running traces have taken. */
	const taken = new Map<Trace, (() => void)[]>();
	const starting = new Set<Promise<unknown>>();
	/** Timers of ended traces; one that is forgotten earlier must not stay in memory until then. */
	const forgetting = new Map<Trace, NodeJS.Timeout>();
	let closed = false;

	function load(settings: TraceSettings, probes: readonly CatalogProbe[]): NativeTraceOptions {
		return {
			probes: settings.probes.map(({ sampleOneIn }, i) => ({ ...loadProbe(probes[i]), sampleOneIn })),
			...ringLayout(settings.ringBytes),
			eventsPerSecond: settings.eventsPerSecond,
			maxEvents: settings.maxEvents,
			batch: { ...settings.batch, maxDelayNs: Number(settings.batch.maxDelayNs) },
			eventsField: EVENTS_FIELD,
		};
	}

	async function open(owner: string, settings: TraceSettings): Promise<Trace> {
		if (closed) throw shuttingDown();
		const probes = settings.probes.map(({ probe }, i) => findProbe(catalog, probe, i));
		const { ringBytes, retentionBytes } = settings;
		// Before anything is loaded.
		const giveBack = quotas.take(owner, { traces: 1, ringBytes, retentionBytes });
		try {
			const trace = createTrace({
				owner,
				settings,
				reportsMisses,
				onEnd: remember,
				createNative: (onBatch) => new native.Trace(load(settings, probes), onBatch),
			});
			traces.set(trace.id, trace);
			taken.set(trace, [giveBack]);
			try {
				await trace.open();
			} catch (error) {
				forget(trace);
				throw error;
			}
			// It may have ended by now: it can reach its event limit before its last probe is attached.
			totals.started();
			log.info(
				{ trace: trace.id, owner, probes: settings.probes.map(({ probe }) => probe) },
				'trace started',
			);
			return trace;
		} catch (error) {
			giveBack();
			throw explainStartFailure(error, log);
		}
	}

	function remember(trace: Trace): void {
		for (const giveBack of taken.get(trace) ?? []) giveBack();
		taken.delete(trace);
		totals.ended(trace);
		const { id, owner, end, startUnixNano, endUnixNano } = trace;
		const { total } = trace.snapshot().accounting;
		const seconds = Number(endUnixNano - startUnixNano) / 1e9;
		log.info(
			{
				trace: id,
				owner,
				reason: EndReason[end?.reason ?? 0],
				seconds,
				fired: total?.fired,
				encoded: total?.encoded,
			},
			'trace ended',
		);
		forgetting.set(trace, setTimeout(() => forget(trace), ENDED_TRACE_MS).unref());
		const ended = [...traces.values()].filter(({ state }) => state === TraceState.ENDED);
		for (const old of ended.slice(0, Math.max(0, ended.length - MAX_ENDED_TRACES))) forget(old);
		let retained = ended.reduce((sum, { retainedBytes }) => sum + retainedBytes, 0);
		for (const old of ended) {
			if (retained <= MAX_ENDED_RETENTION_BYTES) break;
			retained -= old.retainedBytes;
			old.release();
		}
	}

	function forget(trace: Trace): void {
		clearTimeout(forgetting.get(trace));
		forgetting.delete(trace);
		trace.release();
		if (!traces.delete(trace.id)) return;
		requests.forget({ owner: trace.owner, requestId: trace.settings.requestId });
	}

	return {
		limits,
		async start(owner, request) {
			const settings = parseSettings(request, limits);
			const key = { owner, requestId: settings.requestId };
			return requests.once(key, StartTraceRequest.encode(request).finish(), async () => {
				const opening = open(owner, settings);
				starting.add(opening);
				const trace = await opening.finally(() => starting.delete(opening));
				if (closed) {
					await trace.stop(SHUTDOWN);
					throw shuttingDown();
				}
				return trace;
			});
		},
		find(owner, id) {
			const trace = traces.get(id);
			if (trace === undefined || trace.owner !== owner) {
				throw new ServiceError('TRACE_NOT_FOUND', `there is no trace ${quoteInput(id)}`);
			}
			return trace;
		},
		update(trace, update) {
			const more: Demand = { retentionBytes: update.retentionBytes - trace.settings.retentionBytes };
			const giveBack = quotas.take(trace.owner, more);
			try {
				trace.update(update);
			} catch (error) {
				giveBack();
				throw error;
			}
			taken.get(trace)?.push(giveBack);
		},
		subscribe(trace, { owner, position, bufferBytes, onChange }) {
			if (trace.subscribers >= limits.subscribersPerTrace) {
				throw new ServiceError(
					'TOO_MANY_STREAMS',
					`one trace may have ${limits.subscribersPerTrace} streams: ${trace.subscribers} are in use, 1 more was asked for`,
				);
			}
			const giveBack = quotas.take(owner, { subscribers: 1, retentionBytes: bufferBytes });
			const reader = trace.subscribe(position, onChange);
			return {
				advance: reader.advance,
				leave() {
					reader.leave();
					giveBack();
				},
			};
		},
		ofOwner: (owner) => [...traces.values()].filter((trace) => trace.owner === owner),
		usage: () => quotas.usage,
		totals: () => totals.read(traces.values()),
		async close() {
			closed = true;
			await Promise.allSettled(starting);
			await Promise.all([...traces.values()].map((trace) => trace.stop(SHUTDOWN)));
		},
	};
}

const SHUTDOWN: TraceEnd = { reason: EndReason.NODE_SHUTTING_DOWN, detail: '' };

function loadProbe(probe: CatalogProbe | undefined) {
	if (probe === undefined) throw new Error('a probe was looked up and is gone');
	return probe.load();
}

function findProbe(catalog: Catalog, id: string, index: number): CatalogProbe {
	const field = `probes[${index}].probe`;
	const probe = catalog.find(id);
	if (probe === undefined) {
		const known = catalog.probes.map(({ description }) => description.id).join(', ');
		const description = `is ${quoteInput(id)}, must be one of: ${known}`;
		throw new ServiceError('UNKNOWN_PROBE', `${field} ${description}`, {
			violations: [{ field, description }],
		});
	}
	const { available, unavailableReason } = probe.description;
	if (available) return probe;
	throw new ServiceError('PROBE_UNAVAILABLE', `${field}: this node cannot run ${id}: ${unavailableReason}`);
}

function shuttingDown(): ServiceError {
	return new ServiceError('SHUTTING_DOWN', 'the node is shutting down');
}
