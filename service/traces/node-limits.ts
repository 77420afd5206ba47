import { type Bounds, TRACE_BOUNDS } from './limits.js';

const MIB = 1024 * 1024;
const SECOND_NS = 1_000_000_000n;
const HOUR_NS = 3600n * SECOND_NS;

/** What one trace may ask for, and what it gets if it does not. */
export interface TraceBounds {
	readonly eventsPerSecond: Bounds<number>;
	readonly cpuBudgetPermille: Bounds<number>;
	/** bytes */
	readonly ringBytes: Bounds<number>;
	/** bytes */
	readonly retentionBytes: Bounds<number>;
}

/** What a node allows all callers together, one of them, and each trace. */
export interface NodeLimits {
	readonly traces: number;
	readonly tracesPerOwner: number;
	readonly subscribersPerTrace: number;
	readonly subscribers: number;
	readonly subscribersPerOwner: number;
	/** Retention that running traces, and buffers that streams, may ask for together, bytes. */
	readonly retentionBytes: number;
	readonly retentionBytesPerOwner: number;
	/** Ring buffers of running traces, bytes. */
	readonly ringBytes: number;
	readonly ringBytesPerOwner: number;
	/** Uses of descends_from in filters of running traces. */
	readonly processTrees: number;
	readonly processTreesPerOwner: number;
	/** Groups in cgroup_under of filters of running traces, each once a trace. */
	readonly cgroupTrees: number;
	readonly cgroupTreesPerOwner: number;
	/** ns */
	readonly lease: Bounds<bigint>;
	/** ns */
	readonly maxDuration: Bounds<bigint>;
	/** Of one trace. */
	readonly trace: TraceBounds;
	/** The data that programs give to TLS may be sent to callers. */
	readonly tlsContent: boolean;
}

/** A node that is not configured otherwise. */
export const DEFAULT_NODE_LIMITS: NodeLimits = {
	// A perf tracepoint takes 64 programs, the tracing of others included.
	traces: 48,
	tracesPerOwner: 40,
	subscribersPerTrace: 32,
	subscribers: 256,
	subscribersPerOwner: 128,
	retentionBytes: 2048 * MIB,
	retentionBytesPerOwner: 1536 * MIB,
	ringBytes: 768 * MIB,
	ringBytesPerOwner: 512 * MIB,
	processTrees: 16,
	processTreesPerOwner: 8,
	// More than traces: what a policy adds to each of them takes nothing away.
	cgroupTrees: 96,
	cgroupTreesPerOwner: 64,
	lease: { fallback: 60n * SECOND_NS, min: SECOND_NS, max: HOUR_NS },
	maxDuration: { fallback: HOUR_NS, min: SECOND_NS, max: 24n * HOUR_NS },
	trace: TRACE_BOUNDS,
	tlsContent: false,
};
