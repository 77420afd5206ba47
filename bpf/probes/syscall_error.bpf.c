/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* syscall.error: system calls that fail, whichever they are. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "tracepoint.bpf.h"
#include "call_options.bpf.h"

/* include/linux/err.h */
#define MAX_ERRNO 4095
/* include/linux/errno.h: the kernel makes the call again, whatever the signal. */
#define ERESTARTNOINTR 513

struct syscall_error_event {
	struct sonde_event _event;
	u64 arg0;
	u64 arg1;
	u64 arg2;
	u64 arg3;
	u64 arg4;
	u64 arg5;
	sonde_name_of_system_call name;
	u32 number;
	u32 errno;
	u32 _padding;
};

SONDE_SCRATCH(syscall_error, struct syscall_error_event)

/* Cheapest first: nearly all calls of a machine succeed. */
static __always_inline bool is_wanted_error(u64 *ctx)
{
	u64 errno = -ctx[1];

	return errno - 1 < MAX_ERRNO && errno != ERESTARTNOINTR &&
	       sonde_is_chosen_call(((struct pt_regs *)ctx[0])->orig_ax) && !sonde_is_compat_call();
}

static __always_inline void handle_error(struct sonde_counters *counters_here, struct syscall_error_event *event,
					 u64 *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx[0];

	event->number = regs->orig_ax;
	event->name = event->number + 1;
	event->errno = -ctx[1];
	event->arg0 = regs->di;
	event->arg1 = regs->si;
	event->arg2 = regs->dx;
	event->arg3 = regs->r10;
	event->arg4 = regs->r8;
	event->arg5 = regs->r9;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_TRACEPOINT(syscall_error, sys_exit, is_wanted_error, SONDE_CONTEXT_ALL, sonde_own_nothing, handle_error)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
