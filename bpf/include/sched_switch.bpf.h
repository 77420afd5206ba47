/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Hooks on sched_switch whose events are of the thread that gets the CPU: the current task is still the one before. */
#ifndef SONDE_SCHED_SWITCH_BPF_H
#define SONDE_SCHED_SWITCH_BPF_H

#include "event.bpf.h"

static __always_inline struct task_struct *sonde_next_task(void *ctx)
{
	return (struct task_struct *)((u64 *)ctx)[2];
}

static __always_inline void sonde_own_next(void *event, u64 *ctx)
{
	sonde_own_task(event, sonde_next_task(ctx));
}

static __always_inline u32 sonde_own_next_tgid(void *ctx)
{
	return sonde_next_task(ctx)->tgid;
}

#endif
