import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PACKAGE_ROOT } from './paths.js';

/** How to write one field of an event; native/src/core/plan.h executes it. */
export type PlanStep = NumberStep | BytesStep | AddressStep | NameStep | StackStep | TextStep | MessageStep;

/** A u32 that is written as its name; one that has none in digits, and 0 not at all. */
export interface NameStep {
	readonly op: 'name';
	readonly offset: number;
	readonly tag: number;
	/** Of the kernel's enum. */
	readonly of: string;
	/** By value; empty where there is none. */
	readonly names: readonly string[];
}

/** A struct sonde_string whose bytes are no text. */
export interface BytesStep {
	readonly op: 'bytes';
	readonly offset: number;
	readonly tag: number;
}

/** A stack, written as its number. */
export interface StackStep {
	readonly op: 'kernelStack' | 'userStack';
	readonly offset: number;
	readonly tag: number;
}

/** An address of 16 bytes; one of IPv4 (::ffff:a.b.c.d) is written as its 4 bytes. */
export interface AddressStep {
	readonly op: 'address';
	readonly offset: number;
	readonly tag: number;
}

/** A number, copied from `offset` of the struct. */
export interface NumberStep {
	readonly op: 'uint8' | 'uint16' | 'uint32' | 'uint64' | 'int32' | 'int64' | 'bool' | 'ktime';
	readonly offset: number;
	/** Field number and wire type. */
	readonly tag: number;
}

/** A text: a `char[size]` up to its first NUL, or a struct sonde_string; "strings": one with a list of texts. */
export interface TextStep {
	readonly op: 'chars' | 'string' | 'strings';
	readonly offset: number;
	/** Of a `chars`, bytes; 0 otherwise. */
	readonly size: number;
	readonly tag: number;
	/** Of the `_raw` field, written only when the text is not UTF-8. */
	readonly rawTag: number;
}

/** A nested message. */
export interface MessageStep {
	readonly op: 'message';
	readonly tag: number;
	readonly steps: readonly PlanStep[];
}

/** How to write an event of one probe. The first step is its time. */
export interface Plan {
	readonly steps: readonly PlanStep[];
	readonly subject: SubjectOffsets;
}

/** Where a record says whom it is about; the fields of struct sonde_process, bytes. */
export interface SubjectOffsets {
	readonly startBoottime: number;
	readonly cgroup: number;
	readonly tgid: number;
	readonly uid: number;
}

/** A map that a filter asks for a key. */
export type NativeFilterMap = NativeKeyMap | NativeProcessTree | NativeCgroupTree;

/** The processes that descend from one, itself among them, kept true while the filter is there; the key is a tgid, as u64. */
export interface NativeProcessTree {
	readonly kind: 'processTree';
	readonly root: number;
	/** bpf/trackers/process_tree.bpf.c, as compiled. */
	readonly object: Uint8Array;
}

/** The groups of cgroup v2 below one, itself among them, kept true while a filter asks; the key is an id. All filters share it. */
export interface NativeCgroupTree {
	readonly kind: 'cgroupTree';
	readonly root: bigint;
	/** Of the first one, in cgroupfs. */
	readonly directory: string;
	/** bpf/trackers/cgroup_tree.bpf.c, as compiled. */
	readonly object: Uint8Array;
}

/** A map that stays as it is. */
export interface NativeKeyMap {
	/** A hash map, or a trie of prefixes, whose keys begin with a u32: their length in bits. */
	readonly kind: 'hash' | 'trie';
	readonly keyBytes: number;
	/** One behind the other. */
	readonly keys: Uint8Array;
}

/** The instructions of one part of a filter: the event in r1 at their start, the result in r0 at their end. */
export interface NativeFilterPart {
	readonly code: Uint8Array;
	/** Where the descriptor of a map belongs: the slot of the instruction, and the index of the map. */
	readonly mapReferences: readonly { readonly slot: number; readonly map: number }[];
	readonly maps: readonly NativeFilterMap[];
}

/** A compiled filter. */
export interface NativeFilter {
	readonly early: NativeFilterPart | null;
	readonly late: NativeFilterPart | null;
	/** What the early part reads, bits of enum sonde_context in bpf/include/event.bpf.h. */
	readonly earlyContext: number;
	/** What the late part reads beside that. */
	readonly lateContext: number;
}

/** What the programs of a probe are made from. */
export interface NativePrograms {
	/** The BPF object, as compiled. */
	readonly object: Uint8Array;
	/** Sections of those programs of the object that are attached; what they call is used with them. */
	readonly attachPoints: readonly string[];
	/** The kernel has no bpf_task_pt_regs: arguments of system calls are kept at their entry. */
	readonly keepArguments: boolean;
	/** Functions in user space are attached by links of uprobe-multi, and not by perf events. */
	readonly uprobeMulti: boolean;
	readonly filter: NativeFilter;
	/** Of the trace's settings; it stands in every record. */
	readonly generation: number;
	/** Read-only variables of the object, of the probe's own: they are set before it is loaded. */
	readonly constants: readonly NativeConstant[];
}

/** A read-only variable. */
export interface NativeConstant {
	readonly name: string;
	/** As many as it has, little-endian. */
	readonly bytes: Uint8Array;
}

/** Which hits are kept. */
export interface NativeSampling {
	/** One in this many, at least 1. */
	readonly oneIn: number;
	/** 0: each hit by chance. Otherwise all or no hits of a process, chosen by its id mixed with this, below 2^32. */
	readonly processSalt: number;
}

/** One use of one probe. */
export interface NativeProbe {
	readonly programs: NativePrograms;
	readonly plan: Plan;
	readonly sampling: NativeSampling;
}

/** A new trace; the numbers are validated by the caller. */
export interface NativeTraceOptions {
	readonly probes: readonly NativeProbe[];
	/** A power of two. */
	readonly ringCount: number;
	/** Of each ring; a power of two. */
	readonly ringBytes: number;
	/** Events a second that all probes together may put into the rings; 0: as many as there are. See setEventsPerSecond. */
	readonly eventsPerSecond: number;
	/** The trace encodes so many events, the first ones, and no more; 0n: all. See setMaxEvents. */
	readonly maxEvents: bigint;
	readonly batch: { readonly maxEvents: number; readonly maxBytes: number; readonly maxDelayNs: number };
	/** Number of `repeated Event events` in its message. */
	readonly eventsField: number;
	/** Whether batches say whom they are about. */
	readonly wantsSubjects: boolean;
}

/**
 * Encoded events, in order of time, in memory of their own: give it back with `release`. The garbage collector does so
 * too, but late, as it does not see that memory.
 */
export interface EventBatch {
	readonly eventCount: number;
	/** Of `repeated Event events`, ready to stand behind an envelope. */
	readonly byteLength: number;
	/** No event older than this comes in a later batch. */
	readonly watermarkUnixNano: bigint;
	/** When its oldest event happened, Unix ns. A slice keeps that of the whole batch. */
	readonly oldestUnixNano: bigint;
	/**
	 * Whom its events are about, each once: tgid, start_boottime_ns, cgroup_id, uid, one behind the other. Empty if that was
	 * not wanted. They are given once: retained batches do not keep them.
	 */
	takeSubjects(): BigUint64Array;
	/** The stacks that its events name, each once. They are given once, too. */
	takeStacks(): EventStack[];
	/** Copies all bytes to an offset of the target. */
	copy(target: Uint8Array, offset: number): void;
	/**
	 * The events without the first `skip`, at most `take`, cut by their length prefixes; the memory is shared and stays
	 * until both are released.
	 */
	slice(skip: number, take: number): EventBatch;
	/** May be called twice. */
	release(): void;
}

/** A stack that events name by its number. */
export interface EventStack {
	/** Within the trace, from 1. The same addresses of the same process keep it, until there are too many. */
	readonly id: number;
	readonly isUser: boolean;
	/** Whose addresses those of a user stack are; 0 otherwise. */
	readonly tgid: number;
	readonly startBoottimeNs: bigint;
	/** Innermost first. */
	readonly addresses: BigUint64Array;
}

/** A program in the kernel. Source: struct bpf_prog_info. */
export interface ProgramInfo {
	readonly name: string;
	/** Empty: reached by a tail call. */
	readonly attachPoint: string;
	readonly id: number;
	/** 0 unless the kernel's BPF statistics are on; so is runTimeNs. */
	readonly runCount: bigint;
	readonly runTimeNs: bigint;
	readonly recursionMisses: bigint;
	/** Instructions that the verifier walked through. */
	readonly verifiedInstructions: number;
}

/** Where the events of one probe went; the terms of sonde.v1.StageCounts. */
export interface ProbeCounts {
	readonly fired: bigint;
	readonly paused: bigint;
	readonly sampledOut: bigint;
	readonly startLost: bigint;
	readonly filterError: bigint;
	readonly rejected: bigint;
	readonly rateLimited: bigint;
	readonly ringFull: bigint;
	readonly delivered: bigint;
	/** Written into batches; `delivered - encoded - overLimit` events are still in the rings. */
	readonly encoded: bigint;
	/** Taken out of the rings and dropped, because maxEvents had been encoded. */
	readonly overLimit: bigint;
	/**
	 * Runs whose time was measured, about one of 64, chosen at random: `timedNs / timedRuns * fired` estimates the time
	 * that the programs have taken, and so it does for the differences between two snapshots.
	 */
	readonly timedRuns: bigint;
	/** Time of the measured runs, ns; where a program on the entry of a call keeps its arguments, with the time of that. */
	readonly timedNs: bigint;
	/** Hits that the kernel reports as skipped; always 0 before kernel 6.7. */
	readonly misses: bigint;
}

/** The accounting of one moment. */
export interface NativeSnapshot {
	/** Up to when an idle trace is complete; 0 before the first look. */
	readonly watermarkUnixNano: bigint;
	/** CPU time that the reader thread has spent on this trace, ns; of a look at several traces its share. */
	readonly readerCpuNs: bigint;
	/** Why events cannot be read, or a filter does not decide as it should, any more; empty while all is well. */
	readonly failure: string;
	/** By index of the probe. */
	readonly probes: readonly ProbeCounts[];
}

/** Memory that the kernel charges for the maps of a trace, in bytes. Source: "memlock" in /proc/PID/fdinfo. */
export interface NativeMemory {
	/** What all probes share: above all the rings. */
	readonly shared: bigint;
	/** By index of the probe. */
	readonly probes: readonly bigint[];
}

/** The programs of one trace in the kernel, and the thread that reads their events. */
export interface NativeTrace {
	/**
	 * Loads and attaches; resolves with the programs of each probe.
	 *
	 * @throws NativeError KERNEL_REFUSED, ATTACH_FAILED, INVALID_OBJECT; nothing is then left in the kernel.
	 */
	open(): Promise<ProgramInfo[][]>;
	/** Detaches; resolves when the last batch has been delivered. May be called twice. */
	stop(): Promise<void>;
	/** Without probes before `open` has resolved; the last state after `stop`. */
	snapshot(): NativeSnapshot;
	/** By index of the probe; the last state after `stop`. */
	programs(): ProgramInfo[][];
	/** As after loading; without probes before `open` has resolved, the last state after `stop`. */
	memory(): NativeMemory;
	/**
	 * Makes the programs return at once, counted as `paused`, or go on. `stop` and a reached `maxEvents` pause too, whatever
	 * is set here. Like the other controls it has no effect before `open` has resolved and after `stop`.
	 */
	setPaused(isPaused: boolean): void;
	/** From now on. @throws NativeError INVALID_ARGUMENT: there is no such probe. */
	setSampling(probeIndex: number, sampling: NativeSampling): void;
	/**
	 * Changes the rate limit, from 0 (none) to 2^32 - 1, at the next look at the rings: within 50 ms. In `t` seconds at most
	 * `n * t + burst + 2 * cpus * chunk` events pass, where `burst` is `n / 10`, at least 1, and `chunk` is
	 * `burst / (4 * cpus)`, from 1 to 64.
	 */
	setEventsPerSecond(n: number): void;
	/**
	 * Changes the number of events, 0n: all, counted from the start of the trace. When so many have been encoded, the
	 * programs are paused and the last batch comes at once; a trace that has encoded more already is paused too, and one
	 * that is paused for that goes on when the number is raised. It does not stop the trace.
	 */
	setMaxEvents(n: bigint): void;
	/**
	 * Gives probes other filters: all or none. Resolves when they decide; no hit is missed or seen twice. One call after the
	 * other; `stop` waits for it.
	 *
	 * @throws NativeError KERNEL_REFUSED, INVALID_OBJECT: everything is as before. CLOSED: the trace does not run, or
	 *   another call is under way.
	 */
	replaceBodies(
		bodies: readonly { readonly probeIndex: number; readonly programs: NativePrograms }[],
	): Promise<void>;
}

/** A guard over bpf(2) in the kernel: from its constructor to `close`, or to the end of the process. */
export interface NativeGuard {
	/** The last state after `close`. */
	counts(): GuardCounts;
	/** Refused calls since the last time, oldest first. */
	take(): GuardRefusal[];
	/** May be called twice. */
	close(): void;
}

/** What became of the calls that the guard was asked for. */
export interface GuardCounts {
	readonly passed: bigint;
	/** By call; in audit mode those that would have been refused. */
	readonly refused: Readonly<Record<string, bigint>>;
	/** Of these, are not among what `take` gives, for want of room. */
	readonly untold: bigint;
	/** Calls that the kernel let pass without asking; always 0 before kernel 5.12, and from 6.2 on there are none. */
	readonly missed: bigint;
}

/** A refused call, or one that would have been. Ids are the host's. */
export interface GuardRefusal {
	/** A command of bpf(2), or ptrace, which stands for all ways to take hold of the node's process. */
	readonly guarded: 'prog_load' | 'prog_get_fd_by_id' | 'map_get_fd_by_id' | 'link_get_fd_by_id' | 'ptrace';
	/** Of the thread. */
	readonly pid: number;
	readonly tgid: number;
	readonly uid: number;
	readonly comm: string;
	/** As its process sees it; a very long one lacks its beginning. */
	readonly executable: string;
	/** Of the executable, as the kernel numbers it. */
	readonly device: bigint;
	readonly inode: bigint;
}

/** What the running kernel can do for these privileges. */
export interface KernelSupport {
	/** Why a program cannot be loaded; empty if it can. */
	readonly loadError: string;
	readonly ringBuffer: boolean;
	/** bpf_task_pt_regs(). */
	readonly taskPtRegs: boolean;
	/** Return probes on kernel functions by name (BPF_TRACE_KPROBE_MULTI); meaningless before kernel 5.18. */
	readonly returnProbes: boolean;
	/** Why what a CPU does for all processes cannot be counted, as tracepoints need it too; empty if it can. */
	readonly perfEventError: string;
	/** Why programs on the entry and return of kernel functions (fentry, fexit) cannot be loaded; empty if they can. */
	readonly functionProgramError: string;
	/** Why programs on the hooks of security modules (LSM) cannot be loaded; empty if they can, where the kernel has them. */
	readonly securityProgramError: string;
	/** Links of many functions in user space (BPF_TRACE_UPROBE_MULTI). */
	readonly uprobeMulti: boolean;
}

/** A type in an event. */
export type TypeLayout = StructLayout | ArrayLayout | NumberLayout;

/** A struct and its members. */
export interface StructLayout {
	readonly kind: 'struct';
	readonly name: string;
	readonly size: number;
	readonly members: readonly { readonly name: string; readonly offset: number; readonly type: TypeLayout }[];
}

/** An array. */
export interface ArrayLayout {
	readonly kind: 'array';
	readonly size: number;
	readonly element: TypeLayout;
}

/** An integer or enum; `name` is what the author wrote, for example "sonde_ktime_ns". */
export interface NumberLayout {
	readonly kind: 'int' | 'enum';
	readonly name: string;
	readonly size: number;
	readonly signed: boolean;
	readonly bool: boolean;
	/** Of an enum. */
	readonly values?: readonly { readonly name: string; readonly value: number }[];
}

/** Who connected a socket, when they did. */
export interface PeerCredentials {
	readonly pid: number;
	readonly uid: number;
	readonly gid: number;
}

/** The addon's exports, by name. */
export interface Native {
	readonly Trace: new (options: NativeTraceOptions, onBatch: (batch: EventBatch) => void) => NativeTrace;
	/** Copies the bytes. For tests; `oldestUnixNano` is 0n if it is not given. */
	readonly EventBatch: new (
		bytes: Uint8Array,
		eventCount: number,
		watermarkUnixNano: bigint,
		oldestUnixNano?: bigint,
	) => EventBatch;
	/**
	 * Keeps others than this process and processes of these executables, by absolute paths, from loading programs.
	 *
	 * @throws NativeError INVALID_ARGUMENT: an executable cannot be opened; KERNEL_REFUSED, ATTACH_FAILED, INVALID_OBJECT:
	 *   nothing is then left in the kernel.
	 */
	readonly Guard: new (options: {
		/** bpf/guard/guard.bpf.c, as compiled. */
		readonly object: Uint8Array;
		/** False: they are only told of. */
		readonly enforce: boolean;
		readonly allow: readonly string[];
	}) => NativeGuard;
	kernelSupport(): KernelSupport;
	/** How many arguments a tracepoint of the running kernel passes, from its BTF; -1 if there is none of that name. */
	tracepointArguments(name: string): number;
	/** Whether the running kernel has a function of this name to attach programs to, from its BTF. */
	hasKernelFunction(name: string): boolean;
	/** The functions and named types of the running kernel whose names begin with a prefix, from its BTF. */
	kernelTypeNames(prefix: string): string[];
	/** The values of an enum of the running kernel, from its BTF; none if it has no such enum. */
	kernelEnum(name: string): EnumValue[];
	/**
	 * Gives up capabilities, sets no_new_privs, and runs a program in place of this one, with the same process id: capabilities
	 * belong to threads, and only so do all threads lose them. Does not come back.
	 *
	 * @throws NativeError KERNEL_REFUSED: this process is not to be used any more.
	 */
	restartWith(options: {
		/** Those that stay as far as this process has them: bits of include/uapi/linux/capability.h. */
		readonly capabilities: bigint;
		/** The limit of locked memory is raised as far as that is allowed. */
		readonly unlimitedLockedMemory: boolean;
		/** A path. */
		readonly program: string;
		/** The first is the name that the program is called by. */
		readonly arguments: readonly string[];
	}): never;
	/**
	 * Where a group of cgroup v2 is, by its id, with the mount at `root` in front; empty if it has gone. Takes
	 * CAP_DAC_READ_SEARCH.
	 *
	 * @throws NativeError KERNEL_REFUSED.
	 */
	cgroupPath(root: string, id: bigint): string;
	/** Who connected a unix socket: SO_PEERCRED. @throws NativeError KERNEL_REFUSED. */
	peerCredentials(fd: number): PeerCredentials;
	/**
	 * Locks an open file for this descriptor alone, until it is closed or the process ends (flock).
	 *
	 * @returns false: another has it. @throws NativeError KERNEL_REFUSED.
	 */
	tryLockFile(fd: number): boolean;
	/** Why a program cannot be attached to "FILE:FUNCTION" in user space; empty if it can. Reads the file. */
	whyNoUserFunction(attachPoint: string): string;
	/** Loads the programs of a probe and lets them go. @throws NativeError KERNEL_REFUSED, INVALID_OBJECT. */
	verifyProbe(probe: NativeProbe): Promise<ProgramInfo[]>;
	/**
	 * For tests: what one part of a filter gives in the kernel for each event: 1, 0, or a negative number if it fails.
	 *
	 * @throws NativeError KERNEL_REFUSED.
	 */
	runFilter(options: {
		/** As test/filter/shim.bpf.c is compiled. */
		readonly object: Uint8Array;
		readonly part: NativeFilterPart;
		/** One behind the other. */
		readonly events: Uint8Array;
		readonly eventBytes: number;
	}): {
		readonly results: number[];
		/** What the filter has left of them: as they were, but for what it blanks. */
		readonly events: Buffer;
		readonly verifiedInstructions: number;
	};
	/** @throws NativeError INVALID_OBJECT when there is no such struct or it holds what no event can. */
	structLayout(object: Uint8Array, name: string): StructLayout;
	/**
	 * The read-only variables whose names begin with a prefix.
	 *
	 * @throws NativeError INVALID_OBJECT, also when one is of a type that no event can hold.
	 */
	objectConstants(object: Uint8Array, prefix: string): ObjectConstant[];
	/** @throws NativeError INVALID_OBJECT. */
	objectPrograms(object: Uint8Array): ObjectProgram[];
	/**
	 * For tests and tools: one record of a ring as an element of `repeated Event` with this number, as a batch holds it; its
	 * monotonic time stands for the Unix time.
	 *
	 * @throws NativeError INVALID_ARGUMENT: there is no such plan, or the record is too short for it.
	 */
	encodeRecord(plan: Plan, eventsField: number, record: Uint8Array): Buffer;
}

/** A value of an enum. */
export interface EnumValue {
	readonly name: string;
	readonly value: number;
}

/** A read-only variable of an object. */
export interface ObjectConstant {
	readonly name: string;
	readonly type: TypeLayout;
}

/** A program of an object. */
export interface ObjectProgram {
	readonly name: string;
	readonly section: string;
}

/** What the addon throws. */
export interface NativeError extends Error {
	readonly code: 'INVALID_ARGUMENT' | 'INVALID_OBJECT' | 'KERNEL_REFUSED' | 'ATTACH_FAILED' | 'CLOSED';
	/** The end of what libbpf and the verifier said. */
	readonly log: string;
}

/** Whether an error comes from the addon. */
export function isNativeError(error: unknown): error is NativeError {
	return error instanceof Error && 'code' in error && 'log' in error && typeof error.log === 'string';
}

/** Loads the addon. @throws Error when it has not been built. */
export function loadNative(): Native {
	// For tests only: the path of another build, such as the one with sanitizers (test/sanitizers/run.sh).
	const path = process.env.SONDE_ADDON ?? join(PACKAGE_ROOT, 'native/build/Release/sonde.node');
	// A compiled module has no types of its own: this is the one place that says what it is.
	const addon: Native = createRequire(import.meta.url)(path);
	return addon;
}
