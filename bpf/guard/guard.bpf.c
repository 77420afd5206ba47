/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Lets nobody give eBPF programs to the kernel but the node and executables that are listed; in audit mode it only tells who
 * would have been refused. native/src/core/guard.h loads it, and it lives as long as the node holds its links.
 *
 * Guarded are
 *   BPF_PROG_LOAD            by which every program comes into the kernel
 *   BPF_PROG_GET_FD_BY_ID    which give whoever may load programs a handle on those of others, by numbers that are listed for
 *   BPF_MAP_GET_FD_BY_ID     all: to detach the node's programs and these, to read its rings, to change its filters
 *   BPF_LINK_GET_FD_BY_ID
 *   ptrace_access_check      of the node: ptrace(2), pidfd_getfd(2), /proc/PID/mem and others that would make the node itself
 *                            close or hand out what it holds
 * All other commands of bpf(2) need a handle, or give none of the node's: maps and BTF of somebody's own (BPF_MAP_CREATE,
 * BPF_BTF_LOAD) do nothing without a program, BPF_LINK_CREATE and BPF_RAW_TRACEPOINT_OPEN attach one that has been loaded, and
 * BPF_OBJ_GET finds what is pinned, which nothing of the node's is. So what was loaded before the node started goes on.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "full_path.bpf.h"

#define MOST_EXECUTABLES 1024

/* include/linux/sched.h, include/linux/ptrace.h, include/uapi/asm-generic/errno-base.h; macros are not in BTF */
#define PF_KTHREAD	   0x00200000
#define PTRACE_MODE_ATTACH 0x02
#define EPERM		   1

/* native/src/core/guard.cc mirrors all of these. */
enum guarded {
	GUARDED_PROG_LOAD,
	GUARDED_PROG_BY_ID,
	GUARDED_MAP_BY_ID,
	GUARDED_LINK_BY_ID,
	GUARDED_PTRACE,
	GUARDED_COUNT,
};

struct executable {
	u64 device; /* the kernel's own number, which is not what stat(2) says on overlayfs and btrfs */
	u64 inode;
};

struct process {
	u64 start_boottime_ns;
	u32 tgid;
	u32 _padding;
};

struct refusal {
	u32 guarded;
	u32 pid; /* of the thread; as the host sees it */
	u32 tgid;
	u32 uid;
	struct executable executable;
	char comm[16];
	struct sonde_walk path; /* of the executable, as its process sees it */
};

struct guard_counts {
	u64 passed;
	u64 refused[GUARDED_COUNT]; /* or would have been, in audit mode */
	u64 untold;		    /* of these, found no room in the ring */
};

/* False: tell, and let pass. */
const volatile bool guard_enforces = false;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_EXECUTABLES);
	__type(key, struct executable);
	__type(value, u8);
} listed SEC(".maps");

/* Node runs many programs: the node is this one process, and not what its executable is. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct process);
} node SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct guard_counts);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, SONDE_PAGE_BYTES); /* the loader puts its own in this place */
} refusals SEC(".maps");

/* Whose result is not used: that is the one form of an atomic addition that 5.10 accepts. */
static __always_inline void add_one(u64 *count)
{
	__sync_fetch_and_add(count, 1);
}

static __always_inline struct process process_of(struct task_struct *task)
{
	struct process process = {
		.start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime),
		.tgid = BPF_CORE_READ(task, tgid),
	};

	return process;
}

static __always_inline struct executable executable_of(struct file *file)
{
	struct executable executable = {
		.device = BPF_CORE_READ(file, f_inode, i_sb, s_dev),
		.inode = BPF_CORE_READ(file, f_inode, i_ino),
	};

	return executable;
}

static __always_inline bool is_node(struct task_struct *task)
{
	struct process process = process_of(task), *known;
	u32 zero = 0;

	known = bpf_map_lookup_elem(&node, &zero);
	return known && process.tgid == known->tgid && process.start_boottime_ns == known->start_boottime_ns;
}

/* Without a wakeup: the node looks from time to time, which is as fast as it wants to be told. */
static __always_inline void tell(struct guard_counts *counted, u32 guarded, struct file *file, struct executable executable)
{
	struct refusal *refusal = bpf_ringbuf_reserve(&refusals, sizeof(*refusal), 0);
	u64 ids = bpf_get_current_pid_tgid();

	if (!refusal) {
		add_one(&counted->untold);
		return;
	}
	refusal->guarded = guarded;
	refusal->pid = ids;
	refusal->tgid = ids >> 32;
	refusal->uid = bpf_get_current_uid_gid();
	refusal->executable = executable;
	bpf_get_current_comm(refusal->comm, sizeof(refusal->comm));
	sonde_walk_up(&refusal->path, BPF_CORE_READ(file, f_path));
	bpf_ringbuf_submit(refusal, BPF_RB_NO_WAKEUP);
}

/* What a hook returns. A thread of the kernel's own has no executable, and nobody outside of the kernel to obey. */
static __noinline int decide(u32 guarded)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file *file = BPF_CORE_READ(task, mm, exe_file);
	struct executable executable = executable_of(file);
	struct guard_counts *counted;
	int refusal = -EPERM;
	u32 zero = 0;

	/* Or the compiler computes it with a negation, of which the verifier of 6.12 knows no bounds: it refuses what a hook may
	 * not return. */
	asm volatile("" : "+r"(refusal));
	counted = bpf_map_lookup_elem(&counts, &zero);
	/* Never: an array has all its elements. */
	if (!counted)
		return 0;
	if ((BPF_CORE_READ(task, flags) & PF_KTHREAD) || is_node(task) || bpf_map_lookup_elem(&listed, &executable)) {
		add_one(&counted->passed);
		return 0;
	}
	add_one(&counted->refused[guarded]);
	tell(counted, guarded, file, executable);
	return guard_enforces ? refusal : 0;
}

/* Before the kernel looks at who calls: what it would have refused itself is told too. */
SEC("lsm/bpf")
int guard_bpf(u64 *ctx)
{
	switch ((u32)ctx[0]) {
	case BPF_PROG_LOAD:
		return decide(GUARDED_PROG_LOAD);
	case BPF_PROG_GET_FD_BY_ID:
		return decide(GUARDED_PROG_BY_ID);
	case BPF_MAP_GET_FD_BY_ID:
		return decide(GUARDED_MAP_BY_ID);
	case BPF_LINK_GET_FD_BY_ID:
		return decide(GUARDED_LINK_BY_ID);
	default:
		return 0;
	}
}

SEC("lsm/ptrace_access_check")
int guard_ptrace(u64 *ctx)
{
	struct task_struct *target = (struct task_struct *)ctx[0];

	if (!((u32)ctx[1] & PTRACE_MODE_ATTACH) || !is_node(target))
		return 0;
	return decide(GUARDED_PTRACE);
}

/* Run by the node, before the hooks are attached: then its process is known as the kernel knows it, also in a container. */
SEC("raw_tp")
int introduce(__attribute__((unused)) u64 *ctx)
{
	struct process process = process_of((struct task_struct *)bpf_get_current_task());
	u32 zero = 0;

	return bpf_map_update_elem(&node, &zero, &process, BPF_ANY);
}

/* The same for an executable that it has open: ctx[0] is the descriptor. */
SEC("raw_tp")
int list(u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file **files = BPF_CORE_READ(task, files, fdt, fd), *file = NULL;
	struct executable executable;
	u8 there = 1;

	bpf_probe_read_kernel(&file, sizeof(file), files + (u32)ctx[0]);
	executable = executable_of(file);
	return bpf_map_update_elem(&listed, &executable, &there, BPF_ANY);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
