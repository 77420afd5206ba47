/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which processes descend from one, by tgid: kept true by forks and exits.
 *
 * BTF tracepoints, because both are passed the tasks themselves, and an attach takes no time.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#define MOST_MEMBERS  65536
#define MOST_RECORDED 16384

#include "descendants.bpf.h"

SEC("tp_btf/sched_process_fork")
int on_come(u64 *ctx)
{
	struct task_struct *parent = (struct task_struct *)ctx[0], *child = (struct task_struct *)ctx[1];

	/* Else a thread of a process that is in the set, or is not. */
	if (child->pid == child->tgid)
		sonde_came(parent->tgid, child->tgid);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int on_go(u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];

	/* The last thread: the count has gone down before this is reached (kernel/exit.c, do_exit). */
	if (!task->signal->live.counter)
		sonde_went(task->tgid);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
