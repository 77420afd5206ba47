import { isKernelAtLeast } from '../catalog/kernel-version.js';

/** What decides whether a node can make use of a capability. */
export interface CapabilityHost {
	/** As uname -r gives it. */
	readonly release: string;
	/** The sysctl kernel.perf_event_paranoid. */
	readonly perfEventParanoid: number;
	/** That the node listens on; 0: any free one. */
	readonly port: number;
	/** Capabilities that the process has: bits. */
	readonly held: bigint;
}

/** A capability that nodes make use of. */
export interface Capability {
	/** Without "CAP_", as features and messages have it. */
	readonly name: string;
	/** Source: include/uapi/linux/capability.h. */
	readonly bit: bigint;
	/** Behind "for". */
	readonly use: string;
	/** False: a node has no use for it here, and gives it up. */
	isUseful(host: CapabilityHost): boolean;
}

const ALWAYS = () => true;
/** Debian's kernels have a level more than others, which takes perf_event_open from all but CAP_SYS_ADMIN. */
const MOST_OPEN_PARANOID = 2;
/** Ports below belong to the system. Source: the default of net.ipv4.ip_unprivileged_port_start. */
const FIRST_FREE_PORT = 1_024;

export const CAP_BPF = 39n;
export const CAP_PERFMON = 38n;
export const CAP_SYS_ADMIN = 21n;
export const CAP_SYS_RESOURCE = 24n;
export const CAP_SETPCAP = 8n;

/** All that a node can make use of: whatever is not in this table is given up when it starts (drop-privileges.ts). */
export const CAPABILITIES: readonly Capability[] = [
	{ name: 'BPF', bit: CAP_BPF, use: 'loading programs', isUseful: ALWAYS },
	{ name: 'PERFMON', bit: CAP_PERFMON, use: 'tracing programs', isUseful: ALWAYS },
	{
		...{ name: 'DAC_READ_SEARCH', bit: 2n },
		use: 'tracepoints of system calls in tracefs, which belongs to root, and functions in files that others may not read',
		isUseful: ALWAYS,
	},
	{ name: 'SYSLOG', bit: 34n, use: "the names of the kernel's functions in stacks", isUseful: ALWAYS },
	{
		...{ name: 'SYS_PTRACE', bit: 19n },
		use: "executables, mapped files and namespaces of others' processes",
		isUseful: ALWAYS,
	},
	{
		...{ name: 'SYS_ADMIN', bit: CAP_SYS_ADMIN },
		use:
			'perf events where kernel.perf_event_paranoid is 3, and, before Linux 6.6, functions in user space; ' +
			'it stands for CAP_BPF and CAP_PERFMON, too',
		isUseful: ({ release, perfEventParanoid, held }) =>
			perfEventParanoid > MOST_OPEN_PARANOID ||
			!isKernelAtLeast(release, 6, 6) ||
			!hasCapability(held, CAP_BPF) ||
			!hasCapability(held, CAP_PERFMON),
	},
	{
		...{ name: 'NET_BIND_SERVICE', bit: 10n },
		use: `a port below ${FIRST_FREE_PORT}`,
		isUseful: ({ port }) => port > 0 && port < FIRST_FREE_PORT,
	},
];

/** Whether a set of capabilities has one. */
export function hasCapability(set: bigint, bit: bigint): boolean {
	return ((set >> bit) & 1n) === 1n;
}

/** Whether a process with these may what one with this one may: CAP_SYS_ADMIN stands for the two that were taken out of it. */
export function allows(held: bigint, bit: bigint): boolean {
	if (hasCapability(held, bit)) return true;
	return (bit === CAP_BPF || bit === CAP_PERFMON) && hasCapability(held, CAP_SYS_ADMIN);
}

/** Those that a node makes use of there, as bits. */
export function usefulCapabilities(host: CapabilityHost): bigint {
	return CAPABILITIES.filter(({ isUseful }) => isUseful(host)).reduce(
		(set, { bit }) => set | (1n << bit),
		0n,
	);
}
