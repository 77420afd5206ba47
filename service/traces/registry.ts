import type { Logger } from 'pino';
import type { Identity } from '../auth/identity.js';
import type { Catalog, CatalogProbe } from '../catalog/catalog.js';
import { ServiceError } from '../error.js';
import type { CompiledFilter } from '../filter/compile.js';
import { cgroupTrees, NO_FILTER, nativeFilter, processTrees, withoutTrees } from '../filter/native-filter.js';
import { EndReason, TraceState } from '../gen/sonde/v1/trace.js';
import { StartTraceRequest, type UpdateTraceRequest } from '../gen/sonde/v1/trace_service.js';
import type { Metadata, MetadataUse } from '../metadata/metadata.js';
import type { Native, NativeConstant, NativePrograms, NativeTraceOptions } from '../native.js';
import { chooseRole } from '../policy/choose-role.js';
import { allowing, type Role, type RoleQuotas, type Visibility } from '../policy/role.js';
import { quoteInput } from '../quote-input.js';
import { createChecks } from './checks.js';
import { EVENTS_FIELD } from './events-field.js';
import { violation } from './fields.js';
import { compileFilters, compileOne } from './filters.js';
import { findKnown, findProbe } from './find-probe.js';
import { type Grant, grantOf, stillGrants } from './grant.js';
import { ENDED_TRACE_MS, MAX_ENDED_RETENTION_BYTES, MAX_ENDED_TRACES } from './limits.js';
import { explainLoadFailure } from './load-failure.js';
import type { NodeLimits } from './node-limits.js';
import { optionConstants } from './probe-options.js';
import { createQuotas, type Demand, type Usage } from './quotas.js';
import type { Reader } from './readers.js';
import { createRequestLog } from './requests.js';
import { ringLayout } from './ring-layout.js';
import { parseSettings, type TraceSettings } from './settings.js';
import { checkTlsContent } from './tls-content.js';
import { createTotals, type TraceTotals } from './totals.js';
import { createTrace, type PreparedUpdate, type Trace, type TraceEnd } from './trace.js';
import { checkGeneration, parseUpdate } from './update.js';

/** All traces of the node. */
export interface TraceRegistry {
	readonly limits: NodeLimits;
	/**
	 * Starts what a request asks for, or finds what the same request has started before.
	 *
	 * @throws ServiceError INVALID_FIELD, INVALID_FILTER, REQUEST_ID_REUSED, UNKNOWN_PROBE, PROBE_UNAVAILABLE, CONTENT_NOT_ALLOWED, ATTACH_FAILED,
	 *   PROBE_NOT_ALLOWED, POLICY_FILTER_FAILED, TOO_MANY_TRACES, TOO_MUCH_MEMORY, QUOTA_EXCEEDED, SHUTTING_DOWN, INTERNAL.
	 */
	start(caller: TraceUser, request: StartTraceRequest): Promise<Trace>;
	/**
	 * A trace that a caller may see, or use: stream, change and stop.
	 *
	 * @throws ServiceError TRACE_NOT_FOUND; also for a trace that the caller is not shown; NOT_OWNER for one that they are.
	 */
	find(caller: TraceUser, id: string, purpose: 'see' | 'use'): Trace;
	/**
	 * Changes a trace within the quotas of its owner, after the changes that were asked for before.
	 *
	 * @throws ServiceError INVALID_FIELD, INVALID_FILTER, GENERATION_MISMATCH, TOO_MUCH_MEMORY, TRACE_ENDED, INTERNAL: the
	 *   trace is as before.
	 */
	update(trace: Trace, request: UpdateTraceRequest): Promise<void>;
	/**
	 * Compiles a filter for a probe, or for all probes, and has the kernel verify it.
	 *
	 * @throws ServiceError UNKNOWN_PROBE, INVALID_FILTER, TOO_MANY_REQUESTS, INTERNAL.
	 */
	checkFilter(caller: TraceUser, probe: string, filter: string): Promise<CheckedFilter>;
	/**
	 * Adds a reader to a trace, within the quotas of the caller.
	 *
	 * @param bufferBytes that it asks for on top of the trace's retention.
	 * @throws ServiceError TOO_MANY_STREAMS, TOO_MUCH_MEMORY.
	 */
	subscribe(trace: Trace, subscriber: Subscriber): Reader;
	/** Those that a caller is shown, oldest first. */
	shownTo(caller: TraceUser): Trace[];
	/** After a change of the policy: ends traces that the roles of their owners would not let start so any more. */
	recheck(rolesOf: (owner: Identity) => readonly Role[]): Promise<readonly Trace[]>;
	/** What all traces have asked for and not given back. */
	usage(): Usage;
	totals(): TraceTotals;
	/** Ends all traces and starts no more. */
	close(): Promise<void>;
}

/** A filter that is right. */
export interface CheckedFilter {
	readonly compiled: CompiledFilter;
	/** Of the whole body of the probe; 0 without one, or if this node cannot run it. */
	readonly verifiedInstructions: number;
}

/** Who starts or uses traces. */
export interface TraceUser {
	readonly identity: Identity;
	/** Those that allow what they want to do; at least one. */
	readonly roles: readonly Role[];
	/** All of theirs. */
	readonly allRoles: readonly Role[];
}

/** Who wants to read a trace, from where on. */
export interface Subscriber {
	readonly owner: string;
	readonly quotas: RoleQuotas;
	readonly position: bigint;
	readonly bufferBytes: number;
	readonly onChange: () => void;
}

interface RegistryInit {
	readonly native: Native;
	readonly catalog: Catalog;
	readonly metadata: Metadata;
	readonly limits: NodeLimits;
	readonly reportsMisses: boolean;
	readonly log: Logger;
}

/** Makes an empty registry. */
export function createTraceRegistry({
	native,
	catalog,
	metadata,
	limits,
	reportsMisses,
	log,
}: RegistryInit): TraceRegistry {
	const traces = new Map<string, Trace>();
	const quotas = createQuotas(limits);
	const requests = createRequestLog();
	const totals = createTotals();
	const checks = createChecks();
	/** Gives back what running traces have taken. */
	const taken = new Map<Trace, (() => void)[]>();
	const starting = new Set<Promise<unknown>>();
	/** Timers of ended traces; one that is forgotten earlier must not stay in memory until then. */
	const forgetting = new Map<Trace, NodeJS.Timeout>();
	let closed = false;
	/** Of owners, since the policy has changed; undefined: it has not. */
	let rolesNow: ((owner: Identity) => readonly Role[]) | undefined;

	function load(
		settings: TraceSettings,
		probes: readonly CatalogProbe[],
		filters: readonly CompiledFilter[],
		constants: readonly (readonly NativeConstant[])[],
	): NativeTraceOptions {
		return {
			probes: settings.probes.map(({ sampling }, i) => {
				const probe = probeAt(probes, i);
				const filter = filters[i] ?? NO_FILTER;
				const programs = programsOf(probe, filter, constants[i] ?? [], FIRST_GENERATION);
				return { programs, plan: probe.plan(), sampling };
			}),
			...ringLayout(settings.ringBytes),
			eventsPerSecond: settings.eventsPerSecond,
			maxEvents: settings.maxEvents,
			batch: { ...settings.batch, maxDelayNs: Number(settings.batch.maxDelayNs) },
			eventsField: EVENTS_FIELD,
			wantsSubjects: settings.metadata,
		};
	}

	async function open(identity: Identity, grant: Grant, settings: TraceSettings): Promise<Trace> {
		const owner = identity.name;
		if (closed) throw shuttingDown();
		const probes = settings.probes.map(({ probe }, i) => findProbe(catalog, probe, i));
		for (const [i, { options }] of settings.probes.entries())
			checkTlsContent(options, limits, `probes[${i}].options.tls_data`);
		const constants = constantsOf(settings, probes);
		const filters = await compileFilters(catalog, probes, settings, grant);
		const { ringBytes, retentionBytes, eventsPerSecond, cpuBudgetPermille } = settings;
		// Before anything is loaded.
		const held = [
			quotas.take(
				owner,
				{
					...{ traces: 1, ringBytes, retentionBytes, ...treesOf(filters) },
					...{ eventsPerSecond, cpuBudgetPermille },
				},
				grant.quotas,
			),
		];
		try {
			const withheld = catalog.withheld(grant.redact);
			const use = settings.metadata ? await metadata.join(withheld) : NO_METADATA;
			held.push(use.leave);
			const trace = createTrace({
				identity,
				grant,
				settings,
				filters,
				reportsMisses,
				mentionsOf: use.mentionsOf,
				withheld,
				onEnd: remember,
				createNative: (onBatch) => new native.Trace(load(settings, probes, filters, constants), onBatch),
			});
			traces.set(trace.id, trace);
			taken.set(trace, held);
			try {
				await trace.open();
			} catch (error) {
				forget(trace);
				throw error;
			}
			// It may have ended by now: it can reach its event limit before its last probe is attached.
			totals.started();
			log.info(
				{ trace: trace.id, owner, role: grant.role, probes: settings.probes.map(({ probe }) => probe) },
				'trace started',
			);
			return trace;
		} catch (error) {
			for (const giveBack of held) giveBack();
			throw explainLoadFailure(error, filters, log);
		}
	}

	async function check(caller: TraceUser, id: string, filter: string): Promise<CheckedFilter> {
		// As StartTrace would choose.
		const role = caller.roles.find(({ probes }) => allowing(probes, id) !== undefined) ?? caller.roles[0];
		const redact = role?.redact ?? [];
		if (id === '') {
			const { names } = catalog.redaction(redact);
			return { compiled: await compileOne('filter', filter, catalog, names), verifiedInstructions: 0 };
		}
		const probe = findKnown(catalog, id, 'probe');
		const compiled = await compileOne('filter', filter, probe, probe.redaction(redact).names);
		if (!probe.description.available) return { compiled, verifiedInstructions: 0 };
		const whole = programsOf(probe, compiled, optionConstants(probe, undefined, ''), FIRST_GENERATION);
		const programs = { ...whole, filter: withoutTrees(whole.filter) };
		try {
			const verified = await native.verifyProbe({ programs, plan: probe.plan(), sampling: NO_SAMPLING });
			const bodies = verified.filter(({ attachPoint }) => attachPoint === '');
			return {
				compiled,
				verifiedInstructions: bodies.reduce((sum, body) => sum + body.verifiedInstructions, 0),
			};
		} catch (error) {
			throw explainLoadFailure(error, [compiled], log);
		}
	}

	/** Ends a trace that would not be started so any more; nothing that it has seen is read either. */
	async function recheckOne(trace: Trace): Promise<boolean> {
		const detail = rolesNow && whyNotGranted(trace, rolesNow(trace.identity));
		if (detail === undefined) return false;
		const wasRunning = trace.end === undefined;
		await trace.stop({ reason: EndReason.ACCESS_ENDED, detail });
		trace.release();
		return wasRunning;
	}

	/** What changes in a trace that runs, with the programs for it. */
	async function prepare(trace: Trace, request: UpdateTraceRequest): Promise<PreparedUpdate> {
		const { settings, generation, grant } = trace;
		checkGeneration(request.expectedGeneration, generation);
		const update = parseUpdate(request, settings, grant.limits);
		const probes = settings.probes.map(({ probe }, i) => findProbe(catalog, probe, i));
		const isChanged = (i: number) =>
			update.filter !== settings.filter || update.probes[i]?.filter !== settings.probes[i]?.filter;
		if (!probes.some((_, i) => isChanged(i))) return { ...update, filters: trace.filters, bodies: [] };
		const compiled = await compileFilters(catalog, probes, update, grant, isChanged);
		// What nobody changed stays what it is, also if it names a process that is no more.
		const filters = compiled.map((filter, i) => (isChanged(i) ? filter : (trace.filters[i] ?? filter)));
		const constants = constantsOf(settings, probes);
		const bodies = probes.flatMap((probe, probeIndex) => {
			const filter = filters[probeIndex] ?? NO_FILTER;
			const programs = programsOf(probe, filter, constants[probeIndex] ?? [], Number(generation) + 1);
			return isChanged(probeIndex) ? [{ probeIndex, programs }] : [];
		});
		return { ...update, filters, bodies };
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
		taken.delete(trace);
		clearTimeout(forgetting.get(trace));
		forgetting.delete(trace);
		trace.release();
		if (!traces.delete(trace.id)) return;
		requests.forget({ owner: trace.owner, requestId: trace.settings.requestId });
	}

	return {
		limits,
		async start(caller, request) {
			const { identity, roles } = caller;
			const role = chooseRole(
				roles,
				request.probes.map(({ probe }) => probe),
			);
			const grant = grantOf(role, limits);
			const settings = parseSettings(request, grant.limits);
			const key = { owner: identity.name, requestId: settings.requestId };
			const trace = await requests.once(key, StartTraceRequest.encode(request).finish(), async () => {
				const opening = open(identity, grant, settings);
				starting.add(opening);
				const trace = await opening.finally(() => starting.delete(opening));
				if (closed) {
					await trace.stop(SHUTDOWN);
					throw shuttingDown();
				}
				// The policy may have changed since its role was chosen.
				await recheckOne(trace);
				return trace;
			});
			// Perhaps of an earlier request, under another role.
			checkGranted(trace, caller);
			return trace;
		},
		find(caller, id, purpose) {
			const trace = traces.get(id);
			if (trace === undefined || !isShown(trace, caller))
				throw new ServiceError('TRACE_NOT_FOUND', `there is no trace ${quoteInput(id)}`);
			if (purpose === 'use' && trace.owner !== caller.identity.name && !sees(caller, 'all')) {
				throw new ServiceError(
					'NOT_OWNER',
					`trace ${id} belongs to ${quoteInput(trace.owner)}: only its owner and administrators may stream, update or stop it`,
				);
			}
			if (purpose === 'use') checkGranted(trace, caller);
			return trace;
		},
		async update(trace, request) {
			let giveBack = () => {};
			let less: Demand = {};
			let filters: readonly CompiledFilter[] = [];
			try {
				await trace.update(async () => {
					const update = await prepare(trace, request);
					filters = update.filters;
					const retentionBytes = update.retentionBytes - trace.settings.retentionBytes;
					const [trees, old] = [treesOf(update.filters), treesOf(trace.filters)];
					const changes: Demand = {
						retentionBytes,
						processTrees: trees.processTrees - old.processTrees,
						cgroupTrees: trees.cgroupTrees - old.cgroupTrees,
						eventsPerSecond: update.eventsPerSecond - trace.settings.eventsPerSecond,
						cpuBudgetPermille: update.cpuBudgetPermille - trace.settings.cpuBudgetPermille,
					};
					giveBack = quotas.take(trace.owner, part(changes, Math.max), trace.grant.quotas);
					// Only once it is so: until then the old settings may go on.
					less = part(changes, Math.min);
					return update;
				});
			} catch (error) {
				giveBack();
				throw explainLoadFailure(error, filters, log);
			}
			const held = taken.get(trace);
			if (held === undefined) giveBack();
			else held.push(giveBack, quotas.take(trace.owner, less));
		},
		checkFilter(caller, id, filter) {
			if (filter === '') throw violation('filter', 'is empty, must be an expression');
			return checks.run(caller.identity.name, () => check(caller, id, filter));
		},
		subscribe(trace, { owner, quotas: most, position, bufferBytes, onChange }) {
			if (trace.subscribers >= limits.subscribersPerTrace) {
				throw new ServiceError(
					'TOO_MANY_STREAMS',
					`one trace may have ${limits.subscribersPerTrace} streams: ${trace.subscribers} are in use, 1 more was asked for`,
				);
			}
			const giveBack = quotas.take(owner, { subscribers: 1, retentionBytes: bufferBytes }, most);
			const reader = trace.subscribe(position, onChange);
			return {
				advance: reader.advance,
				leave() {
					reader.leave();
					giveBack();
				},
			};
		},
		shownTo: (caller) => [...traces.values()].filter((trace) => isShown(trace, caller)),
		async recheck(rolesOf) {
			rolesNow = rolesOf;
			const all = [...traces.values()];
			const ended = await Promise.all(all.map(recheckOne));
			return all.filter((_, i) => ended[i]);
		},
		usage: () => quotas.usage,
		totals: () => totals.read(traces.values()),
		async close() {
			closed = true;
			await Promise.allSettled(starting);
			await Promise.all([...traces.values()].map((trace) => trace.stop(SHUTDOWN)));
		},
	};
}

function sees({ roles }: TraceUser, what: Visibility): boolean {
	return roles.some(({ traces }) => traces === what);
}

function isShown(trace: Trace, caller: TraceUser): boolean {
	return trace.owner === caller.identity.name || sees(caller, 'all') || sees(caller, 'visible');
}

/**
 * The same name can come with less than it had: a token with other claims. What runs under a role is then not for it.
 *
 * @throws ServiceError NOT_OWNER.
 */
function checkGranted({ id, grant }: Trace, caller: TraceUser): void {
	if (sees(caller, 'all')) return;
	if (caller.allRoles.some((role) => role.name === grant.role && stillGrants(role, grant))) return;
	throw new ServiceError(
		'NOT_OWNER',
		`trace ${id} runs under the role ${grant.role}, which you do not have now`,
	);
}

/** @param roles of its owner now. */
function whyNotGranted({ grant, settings, owner }: Trace, roles: readonly Role[]): string | undefined {
	const role = roles.find(({ name }) => name === grant.role);
	if (role === undefined)
		return `${owner} has no longer the role ${grant.role}, or it may no longer start traces`;
	if (!stillGrants(role, grant)) return `the filter or the redactions of the role ${grant.role} have changed`;
	const lost = settings.probes.find(({ probe }) => allowing(role.probes, probe) === undefined);
	return lost && `the role ${grant.role} no longer allows the probe ${lost.probe}`;
}

/** What of a change is more, or what of it is less. */
function part(changes: Demand, choose: (a: number, b: number) => number): Demand {
	return Object.fromEntries(Object.entries(changes).map(([kind, value]) => [kind, choose(0, value)]));
}

const SHUTDOWN: TraceEnd = { reason: EndReason.NODE_SHUTTING_DOWN, detail: '' };

const NO_METADATA: MetadataUse = { mentionsOf: () => [], leave: () => {} };

function treesOf(filters: readonly CompiledFilter[]) {
	return {
		processTrees: filters.reduce((sum, filter) => sum + processTrees(filter), 0),
		cgroupTrees: cgroupTrees(filters).size,
	};
}

/** Of a trace's settings. */
const FIRST_GENERATION = 1;
const NO_SAMPLING = { oneIn: 1, processSalt: 0 };

function programsOf(
	probe: CatalogProbe,
	filter: CompiledFilter,
	constants: readonly NativeConstant[],
	generation: number,
): NativePrograms {
	return { ...probe.load(), filter: nativeFilter(filter), generation, constants };
}

/** By index of the probe. @throws ServiceError INVALID_FIELD. */
function constantsOf(
	settings: TraceSettings,
	probes: readonly CatalogProbe[],
): (readonly NativeConstant[])[] {
	return settings.probes.map(({ options }, i) =>
		optionConstants(probeAt(probes, i), options, `probes[${i}].options`),
	);
}

function probeAt(probes: readonly CatalogProbe[], index: number): CatalogProbe {
	const probe = probes[index];
	if (probe === undefined) throw new Error('a probe was looked up and is gone');
	return probe;
}

function shuttingDown(): ServiceError {
	return new ServiceError('SHUTTING_DOWN', 'the node is shutting down');
}
