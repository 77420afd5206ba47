import { Counter, Gauge, Registry } from 'prom-client';
import type { Refusals } from '../abuse/refusals.js';
import type { Audit } from '../audit/audit.js';
import { EndReason } from '../gen/sonde/v1/trace.js';
import type { Guard } from '../guard/guard.js';
import { LATENCY_BUCKETS, type Latency, type StreamTotals } from '../streaming/stream-totals.js';
import type { TraceRegistry } from '../traces/registry.js';

const NS_PER_SECOND = 1e9;
const US_PER_SECOND = 1e6;

/** Where the figures come from. */
export interface MetricSources {
	readonly version: string;
	readonly registry: Pick<TraceRegistry, 'limits' | 'usage' | 'totals'>;
	readonly streams: StreamTotals;
	readonly refusals: Pick<Refusals, 'counts'>;
	readonly audit: Pick<Audit, 'totals'> | undefined;
	readonly guard: Pick<Guard, 'mode' | 'counts'>;
}

/** The metrics of a node in Prometheus's text format. */
export interface Metrics {
	readonly contentType: string;
	text(): Promise<string>;
}

type Values = readonly { readonly labels?: Record<string, string>; readonly value: number | bigint }[];

/** All metrics of a node for Prometheus; every figure is read when it is asked for. */
export function createMetrics({
	version,
	registry,
	streams,
	refusals,
	audit,
	guard,
}: MetricSources): Metrics {
	const metrics = new Registry();
	const registers = [metrics];

	function counter(name: string, help: string, labelNames: string[], read: () => Values): void {
		new Counter({
			...{ name, help, labelNames, registers },
			// Ours already count from the start of the node.
			collect() {
				this.reset();
				for (const { labels = {}, value } of read()) this.inc(labels, Number(value));
			},
		});
	}

	function gauge(name: string, help: string, labelNames: string[], read: () => Values): void {
		new Gauge({
			...{ name, help, labelNames, registers },
			collect() {
				for (const { labels = {}, value } of read()) this.set(labels, Number(value));
			},
		});
	}

	const one = (read: () => number | bigint) => (): Values => [{ value: read() }];
	const by = (label: string, values: Readonly<Record<string, number | bigint | undefined>>): Values =>
		Object.entries(values).flatMap(([name, value]) =>
			value === undefined ? [] : [{ labels: { [label]: name }, value }],
		);

	gauge('sonde_build_info', 'Version of the node; always 1.', ['version'], () =>
		by('version', { [version]: 1 }),
	);
	counter('sonde_audit_entries_total', 'Entries of the audit, by what became of them.', ['outcome'], () => {
		const { lines, failures, summed } = audit?.totals() ?? {};
		return by('outcome', { written: lines, lost: failures, summed });
	});
	counter('sonde_refused_total', 'Callers and calls that were turned away.', ['reason'], () =>
		by('reason', refusals.counts),
	);
	gauge(
		'sonde_traces',
		'Traces that have not ended.',
		[],
		one(() => registry.usage().traces),
	);
	counter(
		'sonde_traces_started_total',
		'Traces that were started.',
		[],
		one(() => registry.totals().started),
	);
	counter('sonde_traces_ended_total', 'Traces that have ended, by reason.', ['reason'], () =>
		[...registry.totals().endedByReason].map(([reason, value]) => ({
			labels: { reason: EndReason[reason].toLowerCase() },
			value,
		})),
	);
	gauge(
		'sonde_streams',
		'Open event streams.',
		[],
		one(() => registry.usage().subscribers),
	);
	counter('sonde_events_total', 'Events of all traces by the stage that they reached.', ['stage'], () => {
		const { fired, matched, delivered, encoded } = registry.totals().events;
		return by('stage', { fired, matched, delivered, encoded, sent: streams.sentEvents });
	});
	counter(
		'sonde_events_left_out_total',
		'Hits that were not looked at because the trace was paused or sampled, or did not pass its filter.',
		['reason'],
		() => {
			const { paused, sampledOut, rejected } = registry.totals().events;
			return by('reason', { paused, sampled_out: sampledOut, rejected });
		},
	);
	counter(
		'sonde_events_lost_total',
		'Events of all traces that were lost, by reason; missed is absent where the kernel does not count it.',
		['reason'],
		() => {
			const { startLost, filterError, rateLimited, ringFull, overLimit, missed } = registry.totals().events;
			return by('reason', {
				start_lost: startLost,
				filter_error: filterError,
				rate_limited: rateLimited,
				ring_full: ringFull,
				over_limit: overLimit,
				evicted: streams.evictedEvents,
				missed,
			});
		},
	);
	counter(
		'sonde_program_runs_total',
		'Runs of the programs in the kernel.',
		[],
		one(() => registry.totals().runCount),
	);
	counter(
		'sonde_program_run_seconds_total',
		'Time in the programs in the kernel, estimated from a sample of their runs.',
		[],
		one(() => Number(registry.totals().runTimeNs) / NS_PER_SECOND),
	);
	counter(
		'sonde_reader_cpu_seconds_total',
		'CPU time of the thread that reads ring buffers and encodes.',
		[],
		one(() => Number(registry.totals().readerCpuNs) / NS_PER_SECOND),
	);
	counter('process_cpu_seconds_total', 'CPU time of the node.', [], () => {
		const { user, system } = process.cpuUsage();
		return [{ value: (user + system) / US_PER_SECOND }];
	});
	gauge(
		'process_resident_memory_bytes',
		'Resident memory of the node.',
		[],
		one(() => process.memoryUsage.rss()),
	);
	gauge(
		'sonde_retained_bytes',
		'Encoded events that are kept.',
		[],
		one(() => registry.totals().retainedBytes),
	);
	gauge(
		'sonde_map_bytes',
		'Memory that the kernel charges for maps.',
		[],
		one(() => registry.totals().mapBytes),
	);
	gauge('sonde_used', 'What running traces and streams have taken of the limits.', ['resource'], () => {
		const { traces, subscribers, retentionBytes, ringBytes } = registry.usage();
		return by('resource', {
			traces,
			streams: subscribers,
			retention_bytes: retentionBytes,
			ring_bytes: ringBytes,
		});
	});
	gauge('sonde_limit', 'What the node allows in all.', ['resource'], () => {
		const { traces, subscribers, retentionBytes, ringBytes } = registry.limits;
		return by('resource', {
			traces,
			streams: subscribers,
			retention_bytes: retentionBytes,
			ring_bytes: ringBytes,
		});
	});
	counter(
		'sonde_stream_messages_total',
		'Messages sent on streams.',
		[],
		one(() => streams.sentMessages),
	);
	counter(
		'sonde_stream_bytes_total',
		'Bytes of messages sent on streams.',
		[],
		one(() => streams.sentBytes),
	);
	gauge('sonde_guard', 'The mode of the guard over eBPF that is in force: 1, the others 0.', ['mode'], () =>
		by('mode', { off: 0, audit: 0, enforce: 0, [guard.mode()]: 1 }),
	);
	counter(
		'sonde_guard_refused_total',
		'Calls that the guard refused or, in audit mode, would have refused.',
		['call'],
		() => by('call', guard.counts()?.refused ?? {}),
	);
	counter(
		'sonde_guard_let_pass_total',
		'Calls that passed, by whether the guard was asked.',
		['asked'],
		() => {
			const { passed, missed } = guard.counts() ?? {};
			return by('asked', { yes: passed, no: missed });
		},
	);
	return {
		contentType: metrics.contentType,
		text: async () => `${await metrics.metrics()}\n${latencyText(streams.latency)}`,
	};
}

/**
 * The histogram that the streams keep themselves, in Prometheus's text format: the library has no histogram that is read,
 * only one that is told of every observation, and then it would have to be loaded where nobody asks for metrics.
 */
function latencyText({ counts, sumSeconds }: Latency): string {
	const name = 'sonde_delivery_latency_seconds';
	let sum = 0;
	const buckets = [...LATENCY_BUCKETS, '+Inf'].map((bound, i) => {
		sum += counts[i] ?? 0;
		return `${name}_bucket{le="${bound}"} ${sum}`;
	});
	return [
		`# HELP ${name} From the oldest event of a message to when the message was written.`,
		`# TYPE ${name} histogram`,
		...buckets,
		`${name}_sum ${sumSeconds}`,
		`${name}_count ${sum}`,
		'',
	].join('\n');
}
