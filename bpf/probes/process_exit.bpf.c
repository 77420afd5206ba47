/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* process.exit: processes that ended, seen when their last thread exits: its name, group and numbers are still there. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "tracepoint.bpf.h"

#define SIGNAL_GROUP_EXIT 0x4 /* include/linux/sched/signal.h */
#define CORE_DUMPED	  0x80
#define MOST_EXITING	  16384
#define EEXIST		  17

struct process_exit_event {
	struct sonde_event _event;
	u32 exit_code;
	u32 signal;
	bool core_dumped;
	u8 _padding[7];
	u64 lifetime_ns;
	u64 peak_resident_bytes;
};

SONDE_SCRATCH(process_exit, struct process_exit_event)

/*
 * Processes of which an exit has been seen. Before 6.16 (sonde_exit_says_last) two threads that exit at the same time both
 * find no other one alive.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_EXITING);
	__type(key, u64); /* its struct signal_struct */
	__type(value, u8);
} exiting SEC(".maps");

static __always_inline bool is_last_thread(u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	u64 key = (u64)task->signal;
	u8 there = 1;

	if (sonde_exit_says_last())
		return (ctx[1] & 0xff) != 0;
	if (task->signal->live.counter != 0)
		return false;
	/* When there is no room, rather twice than never. */
	return bpf_map_update_elem(&exiting, &key, &there, BPF_NOEXIST) != -EEXIST;
}

static __always_inline void handle_exit(struct sonde_counters *counters_here, struct process_exit_event *event, u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	u32 status = task->signal->flags & SIGNAL_GROUP_EXIT ? task->signal->group_exit_code
							     : task->group_leader->exit_code;

	event->exit_code = status >> 8 & 0xff;
	event->signal = status & 0x7f;
	event->core_dumped = status & CORE_DUMPED;
	event->lifetime_ns = bpf_ktime_get_boot_ns() - task->group_leader->start_boottime;
	/* Not from the mm, which is gone on older kernels: do_exit() has put its peak here. */
	event->peak_resident_bytes = task->signal->maxrss * SONDE_PAGE_BYTES;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_TRACEPOINT(process_exit, sched_process_exit, is_last_thread, SONDE_CONTEXT_ALL, sonde_own_nothing, handle_exit)

SEC("tp_btf/sched_process_free")
int start_free(u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	u64 key = (u64)task->signal;

	/* Threads are freed before the main one, which is the last to be waited for. */
	if (!sonde_exit_says_last() && task->pid == task->tgid)
		bpf_map_delete_elem(&exiting, &key);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
