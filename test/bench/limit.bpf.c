/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * "The limit": what one open must cost if its event has the fields of Sonde's file.open and nothing
 * else is done. No accounting, filter, sampling, rate limit, live update or second system call;
 * user space throws the events away.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "limit.h"

/* What the perf glue of the kernel hands to a program on sys_exit_*
 * (kernel/trace/trace_syscalls.c). */
struct limit_exit_ctx {
	u64 common;
	s32 syscall_nr;
	u32 _padding;
	s64 ret;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, LIMIT_RING_BYTES);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct limit_event);
} scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} ring_full SEC(".maps");

static __always_inline void fill_context(struct limit_event *event, struct task_struct *task)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	u64 uid_gid = bpf_get_current_uid_gid();

	event->ktime_ns = bpf_ktime_get_ns();
	event->cpu = bpf_get_smp_processor_id();
	event->tgid = pid_tgid >> 32;
	event->tid = pid_tgid;
	event->uid = uid_gid;
	event->gid = uid_gid >> 32;
	event->ppid = BPF_CORE_READ(task, real_parent, tgid);
	event->cgroup_id = bpf_get_current_cgroup_id();
	event->start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	bpf_get_current_comm(event->comm, sizeof(event->comm));
}

/* On the return, because the path's page is then present and the result known: one program, not two
 * and a map. */
SEC("tracepoint/syscalls/sys_exit_openat")
int limit_openat(struct limit_exit_ctx *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct limit_event *event;
	u32 zero = 0;
	u64 *full;
	long got;

	event = bpf_map_lookup_elem(&scratch, &zero);
	if (!event)
		return 0;
	fill_context(event, task);
	event->dirfd = PT_REGS_PARM1_SYSCALL(regs);
	event->flags = PT_REGS_PARM3_SYSCALL(regs);
	event->mode = PT_REGS_PARM4_SYSCALL(regs);
	event->ret = ctx->ret;
	got = bpf_probe_read_user_str(event->path, sizeof(event->path),
				      (void *)PT_REGS_PARM2_SYSCALL(regs));
	if (got < 0 || got > LIMIT_PATH_BYTES)
		got = 0;
	if (!bpf_ringbuf_output(&ring, event, __builtin_offsetof(struct limit_event, path) + got,
				BPF_RB_NO_WAKEUP))
		return 0;
	full = bpf_map_lookup_elem(&ring_full, &zero);
	if (full)
		__sync_fetch_and_add(full, 1);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
