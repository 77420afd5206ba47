import type { Logger } from 'pino';
import type { Catalog, CatalogProbe } from '../catalog/catalog.js';
import { ServiceError } from '../error.js';
import { EndReason, TraceState } from '../gen/sonde/v1/trace.js';
import type { Native } from '../native.js';
import { quoteInput } from '../quote-input.js';
import { EVENTS_FIELD } from './events-field.js';
import { ENDED_TRACE_MS, MAX_ENDED_RETENTION_BYTES, MAX_ENDED_TRACES, MAX_TRACES } from './limits.js';
import { ringLayout } from './ring-layout.js';
import type { TraceSettings } from './settings.js';
import { explainStartFailure } from './start-failure.js';
import { startTrace, type Trace, type TraceEnd } from './trace.js';

/** All traces of the node. */
export interface TraceRegistry {
	/** @throws ServiceError UNKNOWN_PROBE, PROBE_UNAVAILABLE, ATTACH_FAILED, TOO_MANY_TRACES, SHUTTING_DOWN, INTERNAL. */
	start(owner: string, settings: TraceSettings): Promise<Trace>;
	/** @throws ServiceError TRACE_NOT_FOUND; also for a trace of somebody else. */
	find(owner: string, id: string): Trace;
	/** Oldest first. */
	ofOwner(owner: string): Trace[];
	/** Traces that have not ended, and streams that read any. */
	load(): { readonly traces: number; readonly subscribers: number };
	/** Ends all traces and starts no more. */
	close(): Promise<void>;
}

interface RegistryInit {
	readonly native: Native;
	readonly catalog: Catalog;
	readonly reportsMisses: boolean;
	readonly log: Logger;
}

/** Makes an empty registry. */
export function createTraceRegistry({ native, catalog, reportsMisses, log }: RegistryInit): TraceRegistry {
	const traces = new Map<string, Trace>();
	/** Starting or running; a place is taken before anything is loaded. */
	let active = 0;
	const starting = new Set<Promise<unknown>>();
	let closed = false;

	function load(settings: TraceSettings, probes: readonly CatalogProbe[]) {
		return {
			probes: settings.probes.map(({ sampleOneIn }, i) => ({ ...loadProbe(probes[i]), sampleOneIn })),
			...ringLayout(settings.ringBytes),
			eventsPerSecond: settings.eventsPerSecond,
			maxEvents: 0n,
			batch: { ...settings.batch, maxDelayNs: Number(settings.batch.maxDelayNs) },
			eventsField: EVENTS_FIELD,
		};
	}

	async function open(owner: string, settings: TraceSettings): Promise<Trace> {
		const probes = settings.probes.map(({ probe }, i) => findProbe(catalog, probe, i));
		active++;
		try {
			return await startTrace({
				owner,
				settings,
				reportsMisses,
				onEnd: remember,
				createNative: (onBatch) => new native.Trace(load(settings, probes), onBatch),
			});
		} catch (error) {
			active--;
			throw explainStartFailure(error, log);
		}
	}

	function remember(trace: Trace): void {
		active--;
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
		setTimeout(() => traces.delete(id), ENDED_TRACE_MS).unref();
		const ended = [...traces.values()].filter(({ state }) => state === TraceState.ENDED);
		for (const old of ended.slice(0, Math.max(0, ended.length - MAX_ENDED_TRACES))) traces.delete(old.id);
		let retained = ended.reduce((sum, { retainedBytes }) => sum + retainedBytes, 0);
		for (const old of ended) {
			if (retained <= MAX_ENDED_RETENTION_BYTES) break;
			retained -= old.retainedBytes;
			old.release();
		}
	}

	return {
		async start(owner, settings) {
			if (closed) throw shuttingDown();
			if (active >= MAX_TRACES) {
				throw new ServiceError(
					'TOO_MANY_TRACES',
					`the node runs ${active} traces, the most that it may is ${MAX_TRACES}; stop one first`,
				);
			}
			const opening = open(owner, settings);
			starting.add(opening);
			const trace = await opening.finally(() => starting.delete(opening));
			traces.set(trace.id, trace);
			if (closed) {
				await trace.stop(SHUTDOWN);
				throw shuttingDown();
			}
			const probes = settings.probes.map(({ probe }) => probe);
			log.info({ trace: trace.id, owner, probes }, 'trace started');
			return trace;
		},
		find(owner, id) {
			const trace = traces.get(id);
			if (trace === undefined || trace.owner !== owner) {
				throw new ServiceError('TRACE_NOT_FOUND', `there is no trace ${quoteInput(id)}`);
			}
			return trace;
		},
		ofOwner: (owner) => [...traces.values()].filter((trace) => trace.owner === owner),
		load() {
			let subscribers = 0;
			for (const trace of traces.values()) subscribers += trace.subscribers;
			return { traces: active, subscribers };
		},
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
