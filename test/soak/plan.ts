import {
	Backpressure,
	SamplingMode,
	type StartTraceRequestSchema,
	type UpdateTraceRequestSchema,
} from '../../clients/typescript/index.js';
import type { Init } from './init.js';
import type { Random } from './random.js';

export type StartRequest = Init<typeof StartTraceRequestSchema>;
export type UpdateRequest = Omit<Init<typeof UpdateTraceRequestSchema>, 'traceId'>;

/** How a trace is meant to end. */
export type PlannedEnd = 'stop' | 'lease' | 'duration' | 'limit';

/** One connection of a reader. */
export interface Segment {
	/** After so many messages it is cut; Infinity: it is read to its end. */
	readonly messages: number;
	/** Before each message is taken: a slow reader. */
	readonly delayMs: number;
	/** Between this one and the next. */
	readonly pauseMs: number;
	/** How the next one finds its place. */
	readonly resumeBy: 'cursor' | 'sequence';
	/** Of this stream alone; 0: no limit. */
	readonly maxEvents: number;
	/** Makes a connection of its own, and cuts that. */
	readonly ownConnection: boolean;
}

/** One who reads a trace. */
export interface ReaderPlan {
	/**
	 * follow: by the SDK, cut and resumed. stall: by HTTP/2 alone, reads nothing for a time. process: in a process that is
	 * killed.
	 */
	readonly kind: 'follow' | 'stall' | 'process';
	readonly startMs: number;
	/** Own buffer that drops the newest; 0: reads the retention. */
	readonly bufferBytes: number;
	/** Reads from the latest event, not from the oldest. */
	readonly isLate: boolean;
	/** Decodes every event. */
	readonly decodes: boolean;
	/** 0: no cost records. */
	readonly costIntervalMs: number;
	/** For follow. */
	readonly segments: readonly Segment[];
	/** For stall and process: time until it reads, is cut or killed. */
	readonly holdMs: number;
	/** For stall: reads what there is after its time, instead of being cut. */
	readonly readsInTheEnd: boolean;
}

/** Something that is done to a running trace. */
export interface Step {
	readonly afterMs: number;
	readonly what: 'get' | 'update' | 'list' | 'repeat' | 'bad';
	/** For update. */
	readonly update: UpdateRequest;
	/** For bad: which. */
	readonly number: number;
}

/** All that will happen to one trace, decided before it starts. */
export interface LifePlan {
	readonly name: string;
	readonly request: StartRequest;
	readonly readers: readonly ReaderPlan[];
	readonly steps: readonly Step[];
	readonly end: PlannedEnd;
	/** Until it is stopped, or its readers leave. */
	readonly runMs: number;
	/** What it retains is read once more after its end. */
	readonly isReadAfterwards: boolean;
	/** After it, before the next life. */
	readonly restMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/** Decides a life. */
export function planLife(random: Random, name: string): LifePlan {
	const end = random.pick<PlannedEnd>(['stop', 'stop', 'stop', 'lease', 'duration', 'limit']);
	const runMs = random.scale(100, 6_000);
	const pauses = random.chance(0.25);
	const requestRandom = random.fork('request');
	const readerRandom = random.fork('readers');
	const stepRandom = random.fork('steps');
	const readers = Array.from({ length: readerRandom.int(0, 3) }, () =>
		planReader(readerRandom, runMs, pauses),
	);
	return {
		name,
		request: planRequest(requestRandom, { name, end, pauses }),
		readers,
		steps: Array.from({ length: stepRandom.int(0, 4) }, () => planStep(stepRandom, runMs)),
		end,
		runMs,
		isReadAfterwards: random.chance(0.5),
		restMs: random.scale(10, 1_000),
	};
}

function planRequest(
	random: Random,
	{ name, end, pauses }: { name: string; end: PlannedEnd; pauses: boolean },
): StartRequest {
	const batchEvents = random.pick([undefined, undefined, 65_536, 100, 1]);
	const maxDelay = random.pick([undefined, undefined, 0, 1, 100, 1_000]);
	const retentionSeconds = random.pick([undefined, undefined, 1, 5]);
	const eventsPerSecond =
		// A message for each event: at full speed this alone would take the machine. Whatever else opens files on it is seen, too.
		batchEvents === 1 ? random.scale(10, 500) : random.pick([0, 10, 1_000, 5_000, 20_000, 20_000]);
	// Also what is retained after the end goes after a lease.
	const leaseSeconds = end === 'stop' || end === 'lease' ? random.int(1, 3) : 5;
	return {
		requestId: random.chance(0.4) ? name : '',
		probes: Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => ({
			probe: 'file.open',
			...(random.chance(0.3) ? { sampling: planSampling(random) } : {}),
			...(random.chance(0.3) ? { filter: random.pick(FILTERS) } : {}),
		})),
		limits: {
			...optional('eventsPerSecond', eventsPerSecond),
			...optional('cpuBudgetPermille', random.pick([undefined, 0, 0, 1, 10, 1_000])),
			...optional('ringBytes', random.chance(0.3) ? undefined : random.scale(64 * KIB, 16 * MIB)),
			...optional('retentionBytes', random.chance(0.3) ? undefined : random.scale(MIB, 16 * MIB)),
			...optional('retentionAge', duration(retentionSeconds && retentionSeconds * 1_000)),
			...(end === 'limit' ? { maxEvents: BigInt(random.scale(1, 20_000)) } : {}),
		},
		batch: {
			...optional('maxEvents', batchEvents),
			...optional('maxBytes', random.chance(0.5) ? undefined : random.scale(8 * KIB, 2 * MIB)),
			...optional('maxDelay', duration(maxDelay)),
		},
		...(pauses ? { backpressure: Backpressure.PAUSE } : {}),
		lease: { seconds: BigInt(leaseSeconds) },
		...(end === 'duration' ? { maxDuration: { seconds: BigInt(random.int(1, 3)) } } : {}),
	};
}

/** Some let all pass, some nothing; the last ones have maps, follow processes, or fail for some events. */
const FILTERS = [
	'true',
	'process.uid == 0 && ret < 0',
	'path.startsWith("/") && !path.endsWith(".so")',
	'path.contains("sonde")',
	'size(path) > 10 || cpu == 0',
	`process.tgid in [${Array.from({ length: 100 }, (_, i) => i * 41).join()}] || math.bitAnd(flags, 1) == 0`,
	'process.descends_from(1)',
	'100 / (flags - 524288) < 1000',
];

function planSampling(random: Random) {
	const mode = random.pick([SamplingMode.EVENT, SamplingMode.EVENT, SamplingMode.PROCESS]);
	return { sampleOneIn: random.scale(1, 1_000), mode };
}

function planReader(random: Random, runMs: number, traceOfPauses: boolean): ReaderPlan {
	const kind = random.pick(['follow', 'follow', 'follow', 'follow', 'stall', 'stall', 'process'] as const);
	const dropsNewest = !traceOfPauses && random.chance(0.25);
	const cuts = random.int(0, 4);
	return {
		kind,
		startMs: random.int(0, Math.floor(runMs / 2)),
		bufferBytes: dropsNewest ? random.scale(64 * KIB, MIB) : 0,
		isLate: random.chance(0.2),
		decodes: random.chance(0.2),
		costIntervalMs: random.chance(0.2) ? random.int(100, 1_000) : 0,
		segments: Array.from({ length: cuts + 1 }, (_, i) => ({
			messages: i === cuts ? Number.POSITIVE_INFINITY : random.scale(1, 200),
			delayMs: random.chance(0.3) ? random.int(1, 200) : 0,
			pauseMs: random.scale(1, 1_500),
			resumeBy: random.pick(['cursor', 'cursor', 'sequence'] as const),
			maxEvents: random.chance(0.1) ? random.scale(1, 10_000) : 0,
			ownConnection: random.chance(0.4),
		})),
		holdMs: random.scale(50, 3_000),
		readsInTheEnd: random.chance(0.5),
	};
}

function planStep(random: Random, runMs: number): Step {
	const what = random.pick(['get', 'get', 'update', 'update', 'list', 'repeat', 'bad'] as const);
	const limits = {
		...optional('eventsPerSecond', random.pick([undefined, 10, 1_000, 10_000])),
		...optional('cpuBudgetPermille', random.pick([undefined, 0, 5, 1_000])),
		...optional('retentionBytes', random.chance(0.5) ? random.scale(MIB, 16 * MIB) : undefined),
		...optional('retentionAge', random.chance(0.2) ? duration(random.int(1, 5) * 1_000) : undefined),
		...(random.chance(0.2) ? { maxEvents: BigInt(random.scale(1, 20_000)) } : {}),
	};
	return {
		afterMs: random.int(0, runMs),
		what,
		update: {
			...(random.chance(0.5)
				? { probes: [{ probeIndex: 0, sampling: planSampling(random) }] }
				: random.chance(0.5)
					? { probes: [{ probeIndex: 0, filter: random.pick(['', ...FILTERS]) }] }
					: {}),
			...(random.chance(0.7) ? { limits } : {}),
			...(random.chance(0.3) ? { lease: { seconds: BigInt(random.int(1, 3)) } } : {}),
		},
		number: random.int(0, 1_000_000),
	};
}

/** A field that is there only when it has a value. */
function optional<N extends string, T>(name: N, value: T | undefined): { [K in N]?: T } {
	return (value === undefined ? {} : { [name]: value }) as { [K in N]?: T };
}

function duration(ms: number | undefined) {
	if (ms === undefined) return undefined;
	return { seconds: BigInt(Math.floor(ms / 1_000)), nanos: (ms % 1_000) * 1_000_000 };
}
