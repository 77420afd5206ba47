import type { Feature } from '../gen/sonde/v1/node_service.js';
import type { CatalogProgram, OptionalHook } from './entry.js';
import type { Tracepoints } from './tracepoints.js';

/** What decides how a probe is attached. */
export interface AttachHost {
	readonly features: readonly Feature[];
	readonly tracepoints: Tracepoints;
	/** Whether the kernel has a function of this name. */
	hasFunction(name: string): boolean;
	/** Why a program cannot be attached to "FILE:FUNCTION" in user space; empty if it can. */
	whyNoUserFunction(attachPoint: string): string;
}

/** How a probe would be attached on this node. */
export interface Attachment {
	/** Sections of the programs, which say where they are attached. */
	readonly attachPoints: readonly string[];
	/** Arguments of system calls are kept at their entry. */
	readonly keepArguments: boolean;
	/** Functions in user space are attached by links of uprobe-multi. */
	readonly uprobeMulti: boolean;
	/** Why it cannot be; empty if it can. */
	readonly unavailableReason: string;
	/** What it does not see here, and why. */
	readonly limitations: readonly string[];
}

/** One way to see something: the kinds of its programs, and the features that they need. */
interface Way {
	readonly kinds: readonly string[];
	readonly needs: readonly string[];
}

/** Programs of one way that can be attached here, or why no way can. */
interface Choice {
	readonly programs: readonly CatalogProgram[];
	/** Empty if one can. */
	readonly reason: string;
}

const TRACEPOINT: Way = { kinds: ['tracepoint'], needs: ['tracefs', 'perf_events'] };
const RETURN_PROBE: Way = { kinds: ['kprobe.multi', 'kretprobe.multi'], needs: ['return_probes'] };
/** Best first: tracepoints are made for it, and cost the least. */
const OTHER_WAYS: readonly Way[] = [
	{ kinds: ['tp_btf', 'perf_event'], needs: [] },
	{ kinds: ['fentry', 'fexit'], needs: ['function_programs'] },
];
const USER_PROBE: Way = { kinds: ['uprobe', 'uretprobe'], needs: ['user_probes'] };
/** What attach points need beside their tracepoint. */
const NEEDS = [
	{ points: /^perf_event\//, needs: 'perf_events' },
	{ points: /^tp_btf\/block_rq_/, needs: 'block_requests' },
	{ points: /^tp_btf\/io_uring_/, needs: 'io_uring_requests' },
];
/** Tracepoints that kernels have by one name or the other. */
const TWO_NAMES = [['tp_btf/io_uring_submit_req', 'tp_btf/io_uring_submit_sqe']];
const SYSTEM_CALL = /^tracepoint\/syscalls\/sys_(?:enter|exit)_|^k(?:ret)?probe\.multi\/__x64_sys_/;

/**
 * The best way to attach a probe here. What can be seen in several ways is seen in the first one that the kernel and these
 * privileges allow: system calls, functions in user space and all else apart, and these apart from each optional hook,
 * without which the probe sees less. Where programs on tracepoints of system calls can be preempted, so that hits are skipped, return probes come
 * first; elsewhere tracepoints, which cost less.
 */
export function chooseAttachment(
	programs: readonly CatalogProgram[],
	optionalHooks: readonly OptionalHook[],
	host: AttachHost,
): Attachment {
	const keepArguments =
		!isAvailable('task_pt_regs', host) && programs.some(({ keepsArguments }) => keepsArguments);
	const usable = programs.filter(({ keepsArguments }) => keepArguments || !keepsArguments);
	const isOf = ({ attachPoint }: CatalogProgram, hook: OptionalHook) =>
		hook.attachPoints.includes(attachPoint);
	const main = usable.filter((program) => !optionalHooks.some((hook) => isOf(program, hook)));
	const callWays = isAvailable('exact_tracepoints', host)
		? [TRACEPOINT, RETURN_PROBE]
		: [RETURN_PROBE, TRACEPOINT];
	const choices = [
		choose(main.filter(isOfCall), callWays, host),
		choose(
			main.filter((program) => !isOfCall(program) && !isOnUserFunction(program)),
			OTHER_WAYS,
			host,
		),
		choose(main.filter(isOnUserFunction), [USER_PROBE], host),
	];
	const extras = optionalHooks.map((hook) => ({
		hook,
		...choose(
			usable.filter((program) => isOf(program, hook)),
			OTHER_WAYS,
			host,
		),
	}));
	const attached = [...choices, ...extras.filter(({ reason }) => reason === '')];
	return {
		attachPoints: attached.flatMap((choice) => choice.programs.map(({ attachPoint }) => attachPoint)),
		keepArguments,
		uprobeMulti: isAvailable('uprobe_multi', host),
		unavailableReason: missingRequired(host) ?? joined(choices.map(({ reason }) => reason)),
		limitations: extras
			.filter(({ reason }) => reason !== '')
			.map(({ hook, reason }) => `${hook.limitation}: ${reason}`),
	};
}

function isOfCall({ attachPoint }: CatalogProgram): boolean {
	return SYSTEM_CALL.test(attachPoint);
}

/** The first way that can be gone; if there is none, the first with what all of them lack. */
function choose(programs: readonly CatalogProgram[], ways: readonly Way[], host: AttachHost): Choice {
	const choices = ways
		.map((way) => ({ way, programs: programs.filter(({ kind }) => way.kinds.includes(kind)) }))
		.filter((choice) => choice.programs.length > 0)
		.map((choice) => ({ ...choice, programs: withoutAbsentCalls(choice.programs, host) }))
		.map((choice) => ({ ...choice, programs: withoutAbsentFunctions(choice.programs, host) }))
		.map((choice) => ({ ...choice, programs: withoutOtherNames(choice.programs, host) }))
		.map((choice) => ({ ...choice, reason: whyNot(choice.way, choice.programs, host) }));
	const [first] = choices;
	if (first === undefined) return { programs: [], reason: '' };
	const reason = joined(choices.map((choice) => choice.reason));
	return choices.find((choice) => choice.reason === '') ?? { ...first, reason };
}

/** Later kernels have more system calls; who cannot make one is not missed. */
function withoutAbsentCalls(
	programs: readonly CatalogProgram[],
	{ tracepoints }: AttachHost,
): readonly CatalogProgram[] {
	const present = programs.filter(({ attachPoint }) => {
		const call = SYSTEM_CALL.exec(attachPoint);
		return call === null || tracepoints.has(`syscalls/sys_exit_${attachPoint.slice(call[0].length)}`);
	});
	return present.length > 0 ? present : programs;
}

/** Nor are functions in user space that this node does not have, unless it has none of the probe's. */
function withoutAbsentFunctions(
	programs: readonly CatalogProgram[],
	host: AttachHost,
): readonly CatalogProgram[] {
	const present = programs.filter((program) => !isOnUserFunction(program) || !isAbsent(program, host));
	return present.some(isOnUserFunction) ? present : programs;
}

/** Of programs for one tracepoint, those for the name that it does not have here are not missed. */
function withoutOtherNames(programs: readonly CatalogProgram[], host: AttachHost): readonly CatalogProgram[] {
	const isThere = (point: string) =>
		programs.some((program) => program.attachPoint === point && !isAbsent(program, host));
	return programs.filter((program) => {
		const names = TWO_NAMES.find((each) => each.includes(program.attachPoint)) ?? [];
		return !isAbsent(program, host) || !names.some(isThere);
	});
}

/** Empty: nothing is in the way. */
function whyNot({ needs }: Way, programs: readonly CatalogProgram[], host: AttachHost): string {
	const special = NEEDS.filter(({ points }) => programs.some(({ attachPoint }) => points.test(attachPoint)));
	// All of them: who grants one capability does not want to be told of the next one then.
	const missing = [...needs, ...special.map((each) => each.needs)].filter((name) => !isAvailable(name, host));
	if (missing.length > 0) return joined(missing.map((name) => explain(name, host)));
	const absent = programs.find((program) => isAbsent(program, host));
	if (absent === undefined) return '';
	if (isOnUserFunction(absent)) return host.whyNoUserFunction(pointOf(absent));
	return `this kernel has no ${absent.attachPoint}`;
}

/** Whether a probe depends on files, which can change while the node runs. */
export function hasUserFunctions(programs: readonly CatalogProgram[]): boolean {
	return programs.some(isOnUserFunction);
}

function isOnUserFunction({ kind }: CatalogProgram): boolean {
	return kind === 'uprobe' || kind === 'uretprobe';
}

function pointOf({ kind, attachPoint }: CatalogProgram): string {
	return attachPoint.slice(kind.length + 1);
}

function isAbsent(program: CatalogProgram, host: AttachHost): boolean {
	const { kind } = program;
	const name = pointOf(program);
	if (isOnUserFunction(program)) return host.whyNoUserFunction(name) !== '';
	if (kind === 'tracepoint' || kind === 'tp_btf') return !host.tracepoints.has(name);
	return (kind === 'fentry' || kind === 'fexit') && !host.hasFunction(name);
}

function isAvailable(name: string, { features }: AttachHost): boolean {
	return features.some((feature) => feature.name === name && feature.available);
}

function missingRequired(host: AttachHost): string | undefined {
	const missing = host.features.find(({ required, available }) => required && !available);
	return missing === undefined ? undefined : explain(missing.name, host);
}

function explain(name: string, { features }: AttachHost): string {
	const feature = features.find((each) => each.name === name);
	return joined([feature?.detail ?? `no ${name}`, feature?.remedy ?? '']);
}

function joined(reasons: readonly string[]): string {
	return reasons.filter((reason) => reason !== '').join('; ');
}
