const KIB = 1024;
const MIB = 1024 * KIB;
const MS_NS = 1_000_000n;
const SECOND_NS = 1000n * MS_NS;
const HOUR_NS = 3600n * SECOND_NS;

/** A setting: what it is when it is not given, and what it may be. */
export interface Bounds<T> {
	readonly fallback: T;
	readonly min: T;
	readonly max: T;
}

/** Ranges and defaults of a trace's settings, as proto/sonde/v1/trace.proto documents them. */
export const TRACE_BOUNDS = {
	/** Above what one core can make, so that it protects from a burst of many cores and is not noticed otherwise. */
	eventsPerSecond: { fallback: 500_000, min: 0, max: 10_000_000 },
	cpuBudgetPermille: { fallback: 50, min: 0, max: 1_000 },
	/** Of encoded 91-byte events at 300,000/s: some 300 ms of a reader thread that gets no CPU. */
	ringBytes: { fallback: 8 * MIB, min: 64 * KIB, max: 256 * MIB },
	retentionBytes: { fallback: 32 * MIB, min: MIB, max: 1024 * MIB },
	batchMaxEvents: { fallback: 4096, min: 1, max: 65_536 },
	/** Twice as large costs as much CPU time and 7 MB more of memory (measured). Clients' default limit for a message is 4 MiB. */
	batchMaxBytes: { fallback: 128 * KIB, min: 8 * KIB, max: 2 * MIB },
	sampleOneIn: { fallback: 1, min: 1, max: 1_000_000 },
} as const satisfies Record<string, Bounds<number>>;

/** Of TraceLimits.max_events; 0n: none. */
export const MAX_EVENTS_BOUNDS: Bounds<bigint> = { fallback: 0n, min: 0n, max: 2n ** 63n - 1n };

/** The same for times, ns. What a node's configuration decides is in node-limits.ts. */
export const TRACE_DURATION_BOUNDS = {
	batchMaxDelay: { fallback: 20n * MS_NS, min: 0n, max: 10n * SECOND_NS },
	retentionAge: { fallback: 60n * SECOND_NS, min: SECOND_NS, max: 24n * HOUR_NS },
} as const satisfies Record<string, Bounds<bigint>>;

/** Ranges and defaults of a stream's settings, as proto/sonde/v1/trace_service.proto documents them. */
export const STREAM_BOUNDS = {
	bufferBytes: { fallback: 4 * MIB, min: 64 * KIB, max: 256 * MIB },
} as const satisfies Record<string, Bounds<number>>;

/** How often a stream may ask for cost records, ns; 0n: never. */
export const COST_INTERVAL_BOUNDS: Bounds<bigint> = { fallback: 0n, min: 100n * MS_NS, max: HOUR_NS };

/** Each attaches its own programs. */
export const MAX_PROBES_PER_TRACE = 16;
/** How long ended traces stay in ListTraces. */
export const ENDED_TRACE_MS = 600_000;
/** And how many of them. */
export const MAX_ENDED_TRACES = 1_000;
/** Of all ended traces together; the oldest give theirs back first. */
export const MAX_ENDED_RETENTION_BYTES = 128 * MIB;
