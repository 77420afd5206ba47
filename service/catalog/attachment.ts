import type { Feature } from '../gen/sonde/v1/node_service.js';
import type { CatalogProgram } from './entry.js';
import type { Tracepoints } from './tracepoints.js';

/** What decides how a probe is attached. */
export interface AttachHost {
	readonly features: readonly Feature[];
	readonly tracepoints: Tracepoints;
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
}

/** Kinds of programs that see the return of system calls, each with what it needs. */
const TRACEPOINT = { kinds: ['tracepoint'], needs: 'tracefs' };
const RETURN_PROBE = { kinds: ['kprobe.multi', 'kretprobe.multi'], needs: 'return_probes' };
/** What attach points need beside their tracepoint. */
const NEEDS = [
	{ points: /^tp_btf\/block_rq_/, needs: 'block_requests' },
	{ points: /^u(?:ret)?probe\//, needs: 'user_probes' },
];
const SYSTEM_CALL = /^tracepoint\/syscalls\/sys_(?:enter|exit)_|^k(?:ret)?probe\.multi\/__x64_sys_/;

/**
 * The best way to attach a probe here. System calls can be seen in two ways, of which the first that is available is used:
 * where programs on their tracepoints can be preempted, so that hits are skipped, return probes come first; elsewhere
 * tracepoints, which cost less. A call that this kernel does not have is left out, and so is a function in
 * user space that this node does not have, unless it has none of the probe's. All other programs are always used.
 */
export function chooseAttachment(programs: readonly CatalogProgram[], host: AttachHost): Attachment {
	const has = (name: string) => host.features.some((feature) => feature.name === name && feature.available);
	const ways = has('exact_tracepoints') ? [TRACEPOINT, RETURN_PROBE] : [RETURN_PROBE, TRACEPOINT];
	const usable = ways.filter(({ kinds }) => programs.some(({ kind }) => kinds.includes(kind)));
	const way = usable.find(({ needs }) => has(needs)) ?? usable[0];
	const keepArguments = !has('task_pt_regs') && programs.some(({ keepsArguments }) => keepsArguments);
	const others = ways.filter((other) => other !== way).flatMap(({ kinds }) => kinds);
	const chosen = programs.filter(
		({ kind, keepsArguments }) => !others.includes(kind) && (keepArguments || !keepsArguments),
	);
	const userFunctions = chosen.filter(isOnUserFunction);
	const reasons = new Map(
		userFunctions.map((program) => [program, host.whyNoUserFunction(pointOf(program))]),
	);
	const present = chosen.filter(
		(program) => !isAbsentCall(program.attachPoint, host) && (reasons.get(program) ?? '') === '',
	);
	const [whyNone = ''] = userFunctions.some((program) => present.includes(program)) ? [] : reasons.values();
	return {
		attachPoints: (present.length > 0 ? present : chosen).map(({ attachPoint }) => attachPoint),
		keepArguments,
		uprobeMulti: has('uprobe_multi'),
		unavailableReason: whyUnavailable(present.length > 0 ? present : chosen, way?.needs, host) || whyNone,
	};
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

/** Later kernels have more system calls; who cannot make one is not missed. */
function isAbsentCall(attachPoint: string, { tracepoints }: AttachHost): boolean {
	const call = SYSTEM_CALL.exec(attachPoint);
	return call !== null && !tracepoints.has(`syscalls/sys_exit_${attachPoint.slice(call[0].length)}`);
}

function whyUnavailable(
	programs: readonly CatalogProgram[],
	needs: string | undefined,
	{ features, tracepoints }: AttachHost,
): string {
	const special = NEEDS.filter(({ points }) => programs.some(({ attachPoint }) => points.test(attachPoint)));
	const all = [needs, ...special.map((each) => each.needs)];
	const missing = features.find(
		({ name, required, available }) => !available && (required || all.includes(name)),
	);
	if (missing !== undefined)
		return missing.remedy === '' ? missing.detail : `${missing.detail}; ${missing.remedy}`;
	const absent = programs.find(
		(program) =>
			(program.kind === 'tracepoint' || program.kind === 'tp_btf') && !tracepoints.has(pointOf(program)),
	);
	return absent === undefined ? '' : `this kernel has no ${absent.attachPoint}`;
}
