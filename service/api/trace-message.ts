import { durationFromNs } from '../duration.js';
import type { CompiledFilter } from '../filter/compile.js';
import {
	type ProbeAttachment,
	type ProbeFilter,
	type Sampling,
	SamplingMode,
	type Trace as TraceMessage,
} from '../gen/sonde/v1/trace.js';
import type { NativeSampling, ProgramInfo } from '../native.js';
import { subscriptionCounts } from '../traces/accounting.js';
import type { Trace } from '../traces/trace.js';

/** A trace as callers see it. */
export function traceMessage(trace: Trace): TraceMessage {
	const { settings, programs } = trace;
	// All counts of one answer are of one moment.
	const { accounting } = trace.snapshot();
	const { batch, eventsPerSecond, maxEvents, cpuBudgetPermille, ringBytes, retentionBytes } = settings;
	return {
		traceId: trace.id,
		owner: trace.owner,
		role: trace.grant.role,
		mandatoryFilter: trace.grant.filter,
		redactions: [...trace.grant.redact],
		state: trace.state,
		endReason: trace.end?.reason ?? 0,
		endDetail: trace.end?.detail ?? '',
		generation: trace.generation,
		probes: settings.probes.map(({ probe, filter, sampling, options }, i) => ({
			spec: { probe, filter, sampling: samplingMessage(sampling), options },
			attachment: attachmentOf(programs[i] ?? []),
			filter: filterMessage(trace.filters[i]),
		})),
		filter: settings.filter,
		limits: {
			eventsPerSecond,
			maxEvents,
			cpuBudgetPermille,
			ringBytes,
			retentionBytes,
			retentionAge: durationFromNs(settings.retentionAgeNs),
		},
		batch: {
			maxEvents: batch.maxEvents,
			maxBytes: batch.maxBytes,
			maxDelay: durationFromNs(batch.maxDelayNs),
		},
		backpressure: settings.backpressure,
		metadata: settings.metadata,
		lease: durationFromNs(settings.leaseNs),
		leaseExpiresUnixNano: trace.leaseExpiresUnixNano,
		maxDuration: durationFromNs(settings.maxDurationNs),
		startUnixNano: trace.startUnixNano,
		endUnixNano: trace.endUnixNano,
		subscribers: trace.subscribers,
		accounting,
		cost: trace.cost(),
		requestId: settings.requestId,
		subscriptions: trace.progress.map((progress) => subscriptionCounts(progress, accounting)),
	};
}

function samplingMessage({ oneIn, processSalt }: NativeSampling): Sampling {
	return { sampleOneIn: oneIn, mode: processSalt === 0 ? SamplingMode.EVENT : SamplingMode.PROCESS };
}

/** undefined: there is no filter. */
export function filterMessage(filter: CompiledFilter | undefined): ProbeFilter | undefined {
	if (filter?.early === undefined && filter?.late === undefined) return undefined;
	const { early, late } = filter;
	return {
		earlyExpression: early?.text ?? '',
		earlyInstructions: early?.program.instructions ?? 0,
		lateExpression: late?.text ?? '',
		lateInstructions: late?.program.instructions ?? 0,
	};
}

function attachmentOf(programs: readonly ProgramInfo[]): ProbeAttachment {
	return {
		attachPoints: programs.map(({ attachPoint }) => attachPoint).filter((point) => point !== ''),
		programs: programs.map(({ name }) => name),
		programIds: programs.map(({ id }) => id),
		verifiedInstructions: programs.reduce((sum, program) => sum + BigInt(program.verifiedInstructions), 0n),
	};
}
