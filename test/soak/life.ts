import { Code, SondeError, type Trace, TraceState } from '../../clients/typescript/index.js';
import { BAD_REQUESTS } from './bad-requests.js';
import type { SoakContext } from './context.js';
import { createFollower } from './follower.js';
import { createLedger, type Ledger } from './ledger.js';
import type { LifePlan, Step } from './plan.js';
import { read, rest } from './readers.js';

/** What ends by itself is waited for so long after it is due; a node that gets no CPU is late. */
const PATIENCE_MS = 30_000;
/** A trace with an event limit that is not reached is stopped. */
const LIMIT_PATIENCE_MS = 6_000;
const POLL_MS = 100;

/** One trace from its start to its end, with all that is done to it meanwhile. */
export async function live(context: SoakContext, plan: LifePlan): Promise<void> {
	try {
		await liveUnguarded(context, plan);
	} catch (error) {
		// What broke off without a check of its own.
		if (!context.signal.aborted) {
			const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
			context.checks.expect('answered', false, () => `${plan.name}: ${text}`);
		}
	}
}

async function liveUnguarded(context: SoakContext, plan: LifePlan): Promise<void> {
	const { checks, cpus, node, signal, tally } = context;
	const askedMs = performance.now();
	const { trace: started } = await node.client.startTrace(plan.request);
	if (started === undefined) throw new Error('StartTrace gave no trace');
	tally.did('start');
	tally.started++;
	for (const { attachment } of started.probes) {
		for (const id of attachment?.programIds ?? []) tally.programs.add(id);
	}
	const ledger = createLedger({ started, askedMs, cpus, checks });
	ledger.sawTrace(started, undefined, `${plan.name}: StartTrace`);

	const leave = new AbortController();
	const hurry = new AbortController();
	const interrupt = () => leave.abort();
	signal.addEventListener('abort', interrupt, { once: true });
	const readings = plan.readers.map((reader, i) =>
		read({
			...{ context, ledger, plan: reader, leave: leave.signal, hurry: hurry.signal },
			where: `${plan.name}: reader ${i} (${reader.kind})`,
			losesNothing: plan.request.backpressure !== undefined && plan.readers.length === 1 && !reader.isLate,
		}),
	);
	try {
		await takeSteps(context, plan, ledger);
		if (plan.end === 'lease') leave.abort();
		const final = await end(context, plan, ledger);
		hurry.abort();
		tally.ended(final);
		await untilRead(context, plan, readings);
		await lookBack(context, plan, ledger);
	} finally {
		leave.abort();
		await Promise.allSettled(readings);
		signal.removeEventListener('abort', interrupt);
	}
	await rest(plan.restMs, signal);
}

/** What is planned for the trace while it runs, in order of time. */
async function takeSteps(context: SoakContext, plan: LifePlan, ledger: Ledger): Promise<void> {
	const startedMs = performance.now();
	const until = (ms: number) => rest(Math.max(0, startedMs + ms - performance.now()), context.signal);
	for (const step of [...plan.steps].sort((a, b) => a.afterMs - b.afterMs)) {
		await until(step.afterMs);
		if (context.signal.aborted) return;
		await takeStep(context, plan, ledger, step);
	}
	await until(plan.runMs);
}

async function takeStep(context: SoakContext, plan: LifePlan, ledger: Ledger, step: Step): Promise<void> {
	const { node, tally } = context;
	tally.did(step.what);
	switch (step.what) {
		case 'get':
			await get(context, plan, ledger);
			return;
		case 'update':
			return update(context, plan, ledger, step);
		case 'list': {
			const floor = ledger.floor();
			for await (const trace of node.client.listTraces()) {
				if (trace.traceId === ledger.id) ledger.sawTrace(trace, floor, `${plan.name}: ListTraces`);
			}
			return;
		}
		case 'repeat':
			return repeat(context, plan, ledger);
		case 'bad':
			return askBadly(context, plan, ledger, step.number);
	}
}

async function get({ node }: SoakContext, plan: LifePlan, ledger: Ledger): Promise<Trace> {
	const floor = ledger.floor();
	const { trace } = await node.client.getTrace({ traceId: ledger.id });
	if (trace === undefined) throw new Error('GetTrace gave no trace');
	ledger.sawTrace(trace, floor, `${plan.name}: GetTrace`);
	return trace;
}

async function update(
	{ checks, node }: SoakContext,
	plan: LifePlan,
	ledger: Ledger,
	step: Step,
): Promise<void> {
	const floor = ledger.floor();
	const { limits } = step.update;
	ledger.willUpdate({
		...(limits?.eventsPerSecond === undefined ? {} : { eventsPerSecond: limits.eventsPerSecond }),
		...(limits?.maxEvents === undefined ? {} : { maxEvents: limits.maxEvents }),
		...(limits?.retentionBytes === undefined ? {} : { retentionBytes: limits.retentionBytes }),
	});
	try {
		const { trace } = await node.client.updateTrace({ ...step.update, traceId: ledger.id });
		if (trace !== undefined) ledger.sawTrace(trace, floor, `${plan.name}: UpdateTrace`);
	} catch (error) {
		// It may have ended by itself.
		const { state } = await get({ node, checks } as SoakContext, plan, ledger);
		const isEnded = state === TraceState.ENDED || state === TraceState.STOPPING;
		checks.expect(
			'answered',
			isEnded && error instanceof SondeError && error.reason === 'TRACE_ENDED',
			() => `${plan.name}: UpdateTrace: ${String(error)}`,
		);
	}
}

/** The same request gives the same trace, another one under its id is refused. */
async function repeat({ checks, node }: SoakContext, plan: LifePlan, ledger: Ledger): Promise<void> {
	if (plan.request.requestId === '') return;
	const { trace } = await node.client.startTrace(plan.request);
	checks.expect('answered', trace?.traceId === ledger.id, () => `${plan.name}: made a second trace`);
	const other = { ...plan.request, maxDuration: { seconds: 77n } };
	await refused(checks, `${plan.name}: request_id`, Code.ALREADY_EXISTS, node.client.startTrace(other));
}

async function askBadly(
	{ checks, node }: SoakContext,
	plan: LifePlan,
	ledger: Ledger,
	number: number,
): Promise<void> {
	const index = number % BAD_REQUESTS.length;
	const request = BAD_REQUESTS[index];
	if (request === undefined) return;
	const where = `${plan.name}: bad request ${index}`;
	// A trace that has ended by itself refuses changes for that reason.
	const codes = ledger.isEnded ? [request.code, Code.FAILED_PRECONDITION] : [request.code];
	await refused(checks, where, request.code, request.ask(node.client, ledger.id), codes);
}

async function refused(
	checks: SoakContext['checks'],
	where: string,
	code: Code,
	call: Promise<unknown>,
	codes: readonly Code[] = [code],
): Promise<void> {
	const error = await call.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	checks.expect(
		'refused',
		error instanceof SondeError && codes.includes(error.code),
		() => `${where}: expected ${Code[code]}, got ${String(error)}`,
	);
}

/** Brings the planned end about, or waits for it; gives the trace as it is then. */
async function end(context: SoakContext, plan: LifePlan, ledger: Ledger): Promise<Trace> {
	await untilLimited(context, plan, ledger);
	if (plan.end === 'stop') return stop(context, plan, ledger);
	const patienceMs = plan.end === 'limit' ? LIMIT_PATIENCE_MS : PATIENCE_MS;
	const deadline = performance.now() + patienceMs;
	while (performance.now() < deadline && !context.signal.aborted) {
		const trace = await get(context, plan, ledger);
		if (trace.state === TraceState.ENDED) return trace;
		await rest(POLL_MS, context.signal);
	}
	if (plan.end === 'limit') await untilLimited(context, plan, ledger);
	else if (!context.signal.aborted) {
		context.checks.expect('endReason', false, () => `${plan.name}: did not end by its ${plan.end}`);
	}
	return stop(context, plan, ledger);
}

/** A trace that has as many events as it may have ends by itself, as soon as its last batch has come to the service. */
async function untilLimited(context: SoakContext, plan: LifePlan, ledger: Ledger): Promise<void> {
	const deadline = performance.now() + PATIENCE_MS;
	for (;;) {
		const { accounting, limits, state } = await get(context, plan, ledger);
		const most = limits?.maxEvents ?? 0n;
		const encoded = accounting?.total?.encoded ?? 0n;
		const runsOn = most !== 0n && encoded >= most && state === TraceState.RUNNING;
		if (!runsOn || context.signal.aborted) return;
		const isLate = performance.now() > deadline;
		context.checks.expect(
			'endReason',
			!isLate,
			() => `${plan.name}: runs on with ${encoded} events of ${most}`,
		);
		if (isLate) return;
		await rest(POLL_MS, context.signal);
	}
}

/** Twice at once: both must be answered, and with the same. */
async function stop({ node, tally }: SoakContext, plan: LifePlan, ledger: Ledger): Promise<Trace> {
	tally.did('stop');
	const floor = ledger.floor();
	const answers = await Promise.all(
		[1, 2].map(() => node.client.stopTrace({ traceId: ledger.id }, { timeoutMs: PATIENCE_MS })),
	);
	for (const { trace } of answers) {
		if (trace !== undefined) ledger.sawTrace(trace, floor, `${plan.name}: StopTrace`);
	}
	if (ledger.end === undefined) throw new Error('StopTrace gave a trace that has not ended');
	return ledger.end;
}

async function untilRead(
	{ checks, signal }: SoakContext,
	plan: LifePlan,
	readings: readonly Promise<void>[],
): Promise<void> {
	const done = new AbortController();
	const timer = rest(PATIENCE_MS, done.signal, signal).then(() => false);
	const isRead = await Promise.race([Promise.all(readings).then(() => true), timer]);
	done.abort();
	checks.expect(
		'streamEnd',
		isRead || signal.aborted,
		() => `${plan.name}: a stream goes on ${PATIENCE_MS} ms after the end of its trace`,
	);
}

/** What has ended says the same again, and can be read as long as it is retained. */
async function lookBack(context: SoakContext, plan: LifePlan, ledger: Ledger): Promise<void> {
	const { checks, node, tally } = context;
	await get(context, plan, ledger);
	await refused(
		checks,
		`${plan.name}: update after the end`,
		Code.FAILED_PRECONDITION,
		node.client.updateTrace({ traceId: ledger.id }),
	);
	if (!plan.isReadAfterwards) return;
	tally.did('read after the end');
	const follower = createFollower(ledger, checks, `${plan.name}: read after the end`);
	follower.connect(0);
	for await (const message of node.streams.streamEvents({ traceId: ledger.id })) follower.take(message, true);
	follower.ended();
}
