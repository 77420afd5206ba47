import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import type { Feature } from '../gen/sonde/v1/node_service.js';
import { type KernelSupport, loadNative } from '../native.js';
import { CAP_SYS_ADMIN, hasCapability } from '../privileges/capabilities.js';
import { privilegeFeatures, remedyForPrograms } from '../privileges/privilege-features.js';
import { ownPrivileges } from '../privileges/process-privileges.js';
import { feature } from './feature.js';
import { isReadable, whyNotReadable } from './is-readable.js';
import { isKernelAtLeast } from './kernel-version.js';

const BTF_FILE = '/sys/kernel/btf/vmlinux';
const TRACEFS = '/sys/kernel/tracing';
/** The security modules that the kernel runs. */
const SECURITY_MODULES = '/sys/kernel/security/lsm';
/** Of perf events on functions in user space. */
const UPROBE_TYPE = '/sys/bus/event_source/devices/uprobe/type';
/** What this kernel and the privileges of this process allow; the ones that everything needs come first. */
export function localFeatures(): Feature[] {
	const support = loadNative().kernelSupport();
	return [
		kernelVersion(),
		present('btf', BTF_FILE, {
			detail: `type information of the kernel in ${BTF_FILE}`,
			remedy: 'use a kernel built with CONFIG_DEBUG_INFO_BTF=y, as all of Debian since 11 are',
		}),
		loadPrograms(support),
		ringBuffer(support),
		tracefs(),
		feature('task_pt_regs', support.taskPtRegs, {
			detail: support.taskPtRegs
				? 'system calls are seen by one program each'
				: 'before kernel 5.15: system calls need a second program each, at their entry',
		}),
		feature('recursion_misses', reportsMisses(), {
			detail: reportsMisses()
				? 'the kernel counts the hits that it skipped'
				: 'before kernel 6.7 the kernel does not count the tracepoint hits that it skipped: "missed" is unknown',
		}),
		exactTracepoints(),
		exactBtfTracepoints(),
		blockRequests(),
		ioUringRequests(),
		returnProbes(support),
		functionPrograms(support),
		uprobeMulti(support),
		userProbes(support),
		guard(support),
		...privilegeFeatures(support),
	];
}

/** Whether this kernel counts skipped runs of tracepoint programs: since 6.7. */
export function reportsMisses(): boolean {
	return isKernelAtLeast(release(), 6, 7);
}

function kernelVersion(): Feature {
	const available = isKernelAtLeast(release(), 5, 10);
	return feature('kernel', available, {
		required: true,
		detail: `Linux ${release()}`,
		remedy: 'use Linux 5.10 or newer',
	});
}

function loadPrograms({ loadError }: KernelSupport): Feature {
	return feature('load_programs', loadError === '', {
		required: true,
		detail:
			loadError === '' ? 'the kernel takes eBPF programs' : `the kernel refuses eBPF programs: ${loadError}`,
		remedy: remedyForPrograms(),
	});
}

function ringBuffer({ ringBuffer: available }: KernelSupport): Feature {
	return feature('ring_buffer', available, {
		required: true,
		detail: available ? 'BPF ring buffers' : 'no BPF ring buffers, or no privileges to make one',
		remedy: 'use Linux 5.8 or newer, and privileges to load programs',
	});
}

/** Only tracepoints of system calls are attached through it: everything else does without. */
function tracefs(): Feature {
	const refusal = whyNotReadable(`${TRACEFS}/events/syscalls`);
	const belongsToRoot = refusal === 'EACCES';
	const missing = `no tracepoints of system calls in ${TRACEFS}`;
	return feature('tracefs', refusal === '', {
		detail:
			refusal === ''
				? `tracepoints in ${TRACEFS}`
				: belongsToRoot
					? `${missing}, which this process may not read`
					: missing,
		remedy: belongsToRoot ? 'grant CAP_DAC_READ_SEARCH' : `mount -t tracefs tracefs ${TRACEFS}`,
	});
}

/** Upstream a363d27cdbc2, "tracing: Allow system call tracepoints to handle page faults", in 6.13. */
function exactTracepoints(): Feature {
	const available = !isKernelAtLeast(release(), 6, 13);
	return feature('exact_tracepoints', available, {
		detail: available
			? 'programs on tracepoints of system calls see every call'
			: 'since kernel 6.13 a program on the tracepoint of a system call can be preempted, and the kernel then skips ' +
				'those of other threads on that CPU: they are counted as "missed"',
		remedy: 'where there are return_probes, they are used instead',
	});
}

/** Hits of BTF tracepoints were skipped on 7.2, and none on 6.18: tracepoints are guarded by SRCU instead of preempt_disable. */
function exactBtfTracepoints(): Feature {
	const available = !isKernelAtLeast(release(), 7, 0);
	return feature('exact_btf_tracepoints', available, {
		detail: available
			? 'programs on BTF tracepoints are not preempted'
			: 'a program on a BTF tracepoint can be preempted here (taken for granted from kernel 7.0; seen on 7.2, not on ' +
				'6.18), and the kernel then skips the same program ' +
				'for other threads on that CPU: they are counted as "missed"',
	});
}

/**
 * Tracepoints of requests passed the queue first (upstream a54895fa057c, "block: remove the request_queue to argument request
 * based tracepoints", 5.11; also in later releases of 5.10).
 */
function blockRequests(): Feature {
	const available =
		isKernelAtLeast(release(), 5, 11) || loadNative().tracepointArguments('block_rq_issue') === 1;
	return feature('block_requests', available, {
		detail: available
			? 'requests of block devices can be followed'
			: "this kernel's tracepoints of block requests pass other arguments than those of later ones",
		remedy: 'use the latest release of Linux 5.10, or a later one',
	});
}

/** On 5.10 they pass other arguments, of which none names the request. 6.1 is the first that was looked at where they do. */
function ioUringRequests(): Feature {
	const available = isKernelAtLeast(release(), 6, 1);
	return feature('io_uring_requests', available, {
		detail: available
			? 'requests through io_uring can be followed'
			: "before kernel 6.1 io_uring's tracepoints do not pass the request",
		remedy: 'use Linux 6.1 or newer',
	});
}

/**
 * Before 6.14 (upstream 4346ba160409, "fprobe: Rewrite fprobe on function-graph tracer") there is room for a fixed number
 * of calls under way, and the returns of others are skipped: of 8 busy threads 4 to 20 % on 6.12.
 */
function returnProbes(support: KernelSupport): Feature {
	const available = isKernelAtLeast(release(), 6, 14) && support.returnProbes;
	return feature('return_probes', available, {
		detail: available
			? 'probes on the return of kernel functions see every call'
			: 'no probes on the return of kernel functions that see every call: the kernel has no fprobe, or is older than 6.14',
		remedy: 'use Linux 6.14 or newer, built with CONFIG_FPROBE=y',
	});
}

function functionPrograms({ functionProgramError }: KernelSupport): Feature {
	const canTraceFunctions =
		isReadable(`${TRACEFS}/available_filter_functions`) ||
		(functionProgramError === '' && hasFunctionTracer());
	const detail =
		functionProgramError === ''
			? 'no programs on kernel functions: the kernel has no function tracer'
			: `the kernel refuses programs on its functions: ${functionProgramError}`;
	const available = functionProgramError === '' && canTraceFunctions;
	return feature('function_programs', available, {
		detail: available ? 'programs on the entry and return of kernel functions' : detail,
	});
}

/** Where tracefs cannot be read: functions call this one if they can be traced. Names are for everybody, addresses are not. */
function hasFunctionTracer(): boolean {
	try {
		return readFileSync('/proc/kallsyms', 'latin1').includes(' __fentry__\n');
	} catch {
		return false;
	}
}

/** Since 6.6 (upstream 89ae89f53d20, "bpf: Add multi uprobe link"). */
function uprobeMulti({ uprobeMulti: available }: KernelSupport): Feature {
	return feature('uprobe_multi', available, {
		detail: available
			? 'links of many functions in user space, which need no more privileges than tracepoints'
			: 'no links of many functions in user space: the kernel is older than 6.6',
		remedy: 'where there are user_probes, perf events are used instead',
	});
}

/** By perf events: with less than CAP_SYS_ADMIN they were refused wherever that was tried. */
function userProbes({ uprobeMulti: multi }: KernelSupport): Feature {
	const perf = isReadable(UPROBE_TYPE) && hasCapability(ownPrivileges().effective, CAP_SYS_ADMIN);
	return feature('user_probes', multi || perf, {
		detail:
			multi || perf
				? `probes on functions in user space, by ${multi ? 'links of many' : 'perf events'}`
				: 'no probes on functions in user space: before kernel 6.6 they need CAP_SYS_ADMIN and perf events',
		remedy: 'run as root, grant CAP_SYS_ADMIN, or use Linux 6.6 or newer',
	});
}

/** For service/guard: CAP_BPF and CAP_PERFMON are enough (tried on 6.1). */
function guard({ securityProgramError }: KernelSupport): Feature {
	const modules = readSecurityModules();
	if (securityProgramError !== '') {
		return feature('guard', false, {
			detail: `no guard over eBPF: the kernel refuses programs of security modules (LSM): ${securityProgramError}`,
			remedy: 'grant CAP_BPF and CAP_PERFMON; a locked-down kernel takes no such programs',
		});
	}
	if (modules === undefined) {
		return feature('guard', false, {
			detail: `not known whether there can be a guard over eBPF: ${SECURITY_MODULES} cannot be read`,
			remedy: 'mount -t securityfs securityfs /sys/kernel/security',
		});
	}
	const available = modules.split(',').includes('bpf');
	return feature('guard', available, {
		detail: available
			? 'a guard can keep others from loading eBPF programs'
			: `no guard over eBPF: no "bpf" among the kernel's security modules, ${modules}`,
		remedy: `use a kernel built with CONFIG_BPF_LSM=y, and start it with lsm=${modules},bpf`,
	});
}

function readSecurityModules(): string | undefined {
	try {
		return readFileSync(SECURITY_MODULES, 'utf8').trim();
	} catch {
		return undefined;
	}
}

function present(
	name: string,
	file: string,
	{ detail, remedy }: { detail: string; remedy: string },
): Feature {
	const available = isReadable(file);
	return feature(name, available, { required: true, detail: available ? detail : `no ${detail}`, remedy });
}
