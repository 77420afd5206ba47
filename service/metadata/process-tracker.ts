import type { Catalog } from '../catalog/catalog.js';
import { NO_FILTER, nativeFilter } from '../filter/native-filter.js';
import type { Event } from '../gen/sonde/v1/event.js';
import { StreamEventsResponse } from '../gen/sonde/v1/trace_service.js';
import type { EventBatch, Native, NativeProbe, NativeSnapshot, NativeTrace } from '../native.js';
import { EVENTS_FIELD } from '../traces/events-field.js';
import type { ProcessTable } from './processes.js';

/** Tells a table of all forks and execs of the host. */
export interface ProcessTracker {
	/** Resolves when it follows. @throws what NativeTrace.open throws. */
	start(): Promise<void>;
	/** Up to when it has told of everything, Unix ns. */
	completeUntil(): bigint;
	/** May be called twice. */
	stop(): Promise<void>;
}

/** An execve has its arguments with it: room for some thousand. */
const RING_BYTES = 1_048_576;
/** More are not worth the CPU time of following them; the table then begins anew. */
const MOST_EVENTS_PER_SECOND = 20_000;
const SOURCES = [
	{ probe: 'process.exec', attachPoint: 'tp_btf/sched_process_exec' },
	{ probe: 'process.fork', attachPoint: 'tp_btf/sched_process_fork' },
];

/**
 * Makes a tracker that does not follow yet. It is a trace of the node's own; its events come here and go nowhere else. What is
 * decoded for it is an event for each fork and exec, never one of another probe.
 */
export function createProcessTracker(native: Native, catalog: Catalog, table: ProcessTable): ProcessTracker {
	let lost = 0n;
	const trace: NativeTrace = new native.Trace(
		{
			probes: SOURCES.map((source) => probeOf(catalog, source)),
			ringCount: 1,
			ringBytes: RING_BYTES,
			eventsPerSecond: MOST_EVENTS_PER_SECOND,
			maxEvents: 0n,
			// At once: the events of other traces are about these processes.
			batch: { maxEvents: 1_024, maxBytes: 262_144, maxDelayNs: 0 },
			eventsField: EVENTS_FIELD,
			wantsSubjects: false,
		},
		take,
	);

	function take(batch: EventBatch): void {
		const bytes = new Uint8Array(batch.byteLength);
		batch.copy(bytes, 0);
		batch.release();
		forgetAfterLoss(trace.snapshot());
		for (const event of StreamEventsResponse.decode(bytes).events) tell(event);
	}

	/** A process can then run something else than the table has. */
	function forgetAfterLoss({ probes }: NativeSnapshot): void {
		const now = probes.reduce(
			(sum, { rateLimited, ringFull, misses }) => sum + rateLimited + ringFull + misses,
			0n,
		);
		if (now !== lost) table.lost();
		lost = now;
	}

	function tell({ process, payload }: Event): void {
		if (process === undefined || payload === undefined) return;
		const caller = { tgid: process.tgid, startNs: process.startBoottimeNs };
		if (payload.$case === 'processExec') {
			const { path, args, argsTruncated } = payload.value;
			table.executed(caller, path, args, argsTruncated);
		}
		if (payload.$case === 'processFork' && !payload.value.isThread) {
			const { childTgid, childStartBoottimeNs } = payload.value;
			table.forked(caller, { tgid: childTgid, startNs: childStartBoottimeNs });
		}
	}

	return {
		async start() {
			await trace.open();
		},
		completeUntil() {
			const snapshot = trace.snapshot();
			forgetAfterLoss(snapshot);
			return snapshot.watermarkUnixNano;
		},
		stop: () => trace.stop(),
	};
}

function probeOf(catalog: Catalog, { probe, attachPoint }: (typeof SOURCES)[number]): NativeProbe {
	const found = catalog.find(probe);
	if (found === undefined) throw new Error(`the catalogue has no probe ${probe}`);
	// Failed execs are of no interest.
	const programs = { ...found.load(), attachPoints: [attachPoint], keepArguments: false };
	return {
		programs: { ...programs, filter: nativeFilter(NO_FILTER), generation: 1, constants: [] },
		plan: found.plan(),
		sampling: { oneIn: 1, processSalt: 0 },
	};
}
