/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Differences between kernels, each with the upstream change that made it. */
#ifndef SONDE_CORE_FIXES_BPF_H
#define SONDE_CORE_FIXES_BPF_H

/*
 * What a program on tracepoint/syscalls/sys_exit_* sees. The BTF of the kernel has no type for it: the perf glue builds
 * it by hand (kernel/trace/trace_syscalls.c, perf_call_bpf_exit), with a 32-bit number where trace_event_raw_sys_exit
 * has a long whose upper half is then not defined.
 */
struct sonde_syscall_exit_ctx {
	u64 common;
	s32 syscall_nr;
	u32 _padding;
	s64 ret;
};

/* The same for sys_enter_* (perf_call_bpf_enter). */
struct sonde_syscall_enter_ctx {
	u64 common;
	s32 syscall_nr;
	u32 _padding;
	u64 args[6];
};

/*
 * bpf_task_pt_regs() exists since 5.15 (upstream dd6e10fbd9fb, "bpf: Add bpf_task_pt_regs() helper"): then the exit
 * program finds the arguments in the saved registers. Before, a program on the entry must keep them. The loader asks
 * the kernel and sets this; the verifier drops the branch that is not taken.
 */
const volatile bool sonde_keep_arguments = false;

/*
 * bpf_get_current_task_btf() exists since 5.11 (upstream 3ca1032ab7ab, "bpf: Implement get_current_task_btf and
 * RET_PTR_TO_BTF_ID").
 */
static __always_inline bool sonde_has_typed_task(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

/*
 * The state of a task is in __state since 5.14 (upstream 2f064a59a11f, "sched: Change task_struct::state").
 */
struct task_struct___before_5_14 {
	volatile long state;
} __attribute__((preserve_access_index));

static __always_inline long sonde_task_state(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return BPF_CORE_READ(task, __state);
	return BPF_CORE_READ((struct task_struct___before_5_14 *)task, state);
}

/*
 * mark_victim passes the task since 6.9 (upstream 72ba14deb40a, "mm: update mark_victim tracepoints fields"), before its
 * process id.
 */
static __always_inline bool sonde_victim_is_task(void)
{
	return bpf_core_field_exists(struct trace_event_raw_mark_victim, uid);
}

/*
 * sched_process_exit says since 6.16 (upstream "exit: move and extend sched_process_exit() tracepoint") whether the thread is
 * the last one of its process.
 */
struct trace_event_raw_sched_process_exit___since_6_16 {
	bool group_dead;
} __attribute__((preserve_access_index));

static __always_inline bool sonde_exit_says_last(void)
{
	return bpf_core_type_exists(struct trace_event_raw_sched_process_exit___since_6_16);
}

/*
 * tcp_retransmit_skb also says since 6.17 that a segment could not be sent again (upstream ad892e912b84, "tcp: trace retransmit
 * failures in tcp_retransmit_skb"); before, it was passed only by those that were.
 */
struct trace_event_raw_tcp_retransmit_skb___since_6_17 {
	int err;
} __attribute__((preserve_access_index));

static __always_inline bool sonde_retransmit_says_error(void)
{
	return bpf_core_field_exists(struct trace_event_raw_tcp_retransmit_skb___since_6_17, err);
}

/*
 * tcp_send_reset says since 6.10 why (upstream b533fb9cf4f7, "rstreason: make it work in trace world"), and then also fires
 * for segments that belong to no socket, which it has as NULL.
 */
static __always_inline bool sonde_reset_says_reason(void)
{
	return bpf_core_type_exists(enum sk_rst_reason);
}

/* kfree_skb says since 5.17 why (upstream c504e5c2f964, "net: skb: introduce kfree_skb_reason()"). */
static __always_inline bool sonde_drop_says_reason(void)
{
	return bpf_core_type_exists(enum skb_drop_reason);
}

/*
 * The disk of a request: the queue has it since 5.15 (upstream d152c682f03c, "block: add an explicit ->disk backpointer to the
 * request_queue"), the request had it until 5.16 (upstream f3fa33acca9f, "block: remove the ->rq_disk field in struct
 * request").
 */
struct request___before_5_17 {
	struct gendisk *rq_disk;
} __attribute__((preserve_access_index));

static __always_inline struct gendisk *sonde_disk_of(struct request *request)
{
	if (bpf_core_field_exists(struct request_queue, disk))
		return request->q->disk;
	return ((struct request___before_5_17 *)request)->rq_disk;
}

/*
 * How block_rq_complete says how a request ended, by BLK_STS_* of include/linux/blk_types.h and the table blk_errors of
 * block/blk-core.c. From 14 the numbers are not the same on all kernels.
 */
const volatile s32 sonde_block_errors[16] = {
	0,   -95 /* EOPNOTSUPP */, -110 /* ETIMEDOUT */, -28 /* ENOSPC */, -67 /* ENOLINK */, -121 /* EREMOTEIO */,
	-52 /* EBADE */, -61 /* ENODATA */, -84 /* EILSEQ */, -12 /* ENOMEM */, -5 /* EIO */, -78 /* EREMCHG */,
	-11 /* EAGAIN */, -16 /* EBUSY */, -5, -5,
};

/* It passes a negative errno until 5.15, a status since (upstream 8a7d267b4a2c, "block: don't call blk_status_to_errno in
 * blk_update_request"), which is positive. */
static __always_inline s32 sonde_block_error(u64 passed)
{
	s32 result = passed;

	if (result <= 0)
		return result;
	return sonde_block_errors[result < 15 ? result & 15 : 15];
}

/*
 * The name in a request of io_uring to open a file: in a struct since 7.0, whose name of a name says that it is not known to
 * audit yet.
 */
struct io_open___since_7_0 {
	struct {
		struct filename *__incomplete_filename;
	} filename;
} __attribute__((preserve_access_index));

static __always_inline struct filename *sonde_uring_filename(struct io_open *open)
{
	struct io_open___since_7_0 *later = (void *)open;

	if (bpf_core_field_exists(later->filename.__incomplete_filename))
		return BPF_CORE_READ(later, filename.__incomplete_filename);
	return BPF_CORE_READ(open, filename);
}

/*
 * vfs_unlink() and its like are passed how ids of the mount are mapped, first, since 5.12 (upstream 6521f8917082, "namei: prepare
 * for idmapped mounts"), when mounts got such a mapping; its type is another one since 6.2.
 */
struct vfsmount___before_6_2 {
	struct user_namespace *mnt_userns;
} __attribute__((preserve_access_index));

struct vfsmount___since_6_2 {
	struct mnt_idmap *mnt_idmap;
} __attribute__((preserve_access_index));

static __always_inline bool sonde_vfs_has_idmap(void)
{
	return bpf_core_field_exists(((struct vfsmount___before_6_2 *)0)->mnt_userns) ||
	       bpf_core_field_exists(((struct vfsmount___since_6_2 *)0)->mnt_idmap);
}

/*
 * The time of the last change of an inode: i_ctime, __i_ctime since 6.7, in two parts since 6.11. A bit of its nanoseconds says
 * since 6.13 that somebody has asked for it (I_CTIME_QUERIED in include/linux/fs.h).
 */
struct inode___before_6_7 {
	struct timespec64 i_ctime;
} __attribute__((preserve_access_index));

struct inode___before_6_11 {
	struct timespec64 __i_ctime;
} __attribute__((preserve_access_index));

static __always_inline struct timespec64 sonde_change_time(struct inode *inode)
{
	struct timespec64 time = {};

	if (bpf_core_field_exists(inode->i_ctime_sec)) {
		time.tv_sec = BPF_CORE_READ(inode, i_ctime_sec);
		time.tv_nsec = BPF_CORE_READ(inode, i_ctime_nsec) & ~(1U << 31);
	} else if (bpf_core_field_exists(((struct inode___before_6_11 *)0)->__i_ctime)) {
		time = BPF_CORE_READ((struct inode___before_6_11 *)inode, __i_ctime);
	} else {
		time = BPF_CORE_READ((struct inode___before_6_7 *)inode, i_ctime);
	}
	return time;
}

/* Whether sonde_user_registers() can be called: see sonde_keep_arguments. */
static __always_inline bool sonde_has_registers(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs);
}

/*
 * The group of a socket: a pointer since 5.15 (upstream 8520e224f547, "bpf, cgroups: Fix cgroup v2 fallback on v1/v2 mixed
 * mode"), before it a number that is a pointer unless its lowest bit says that v1 uses it.
 */
struct sock_cgroup_data___before_5_15 {
	u64 val;
} __attribute__((preserve_access_index));

static __always_inline struct cgroup *sonde_group_of(struct sock *sk)
{
	struct sock_cgroup_data___before_5_15 *old = (void *)&sk->sk_cgrp_data;
	u64 value;

	if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup))
		return BPF_CORE_READ(sk, sk_cgrp_data.cgroup);
	value = BPF_CORE_READ(old, val);
	return value & 1 ? NULL : (struct cgroup *)(value & ~3ULL);
}

#endif
