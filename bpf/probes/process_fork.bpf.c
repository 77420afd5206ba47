/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* process.fork: new processes and threads, seen in their parent before they run. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "tracepoint.bpf.h"

struct process_fork_event {
	struct sonde_event _event;
	u32 child_tgid;
	u32 child_tid;
	bool is_thread;
	u8 _padding[7];
	u64 child_start_boottime_ns;
};

SONDE_SCRATCH(process_fork, struct process_fork_event)

static __always_inline void handle_fork(struct sonde_counters *counters_here, struct process_fork_event *event, u64 *ctx)
{
	struct task_struct *child = (struct task_struct *)ctx[1];

	event->child_tgid = child->tgid;
	event->child_tid = child->pid;
	event->is_thread = child->pid != child->tgid;
	event->child_start_boottime_ns = child->start_boottime;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_TRACEPOINT(process_fork, sched_process_fork, sonde_always, SONDE_CONTEXT_ALL, sonde_own_nothing, handle_fork)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
