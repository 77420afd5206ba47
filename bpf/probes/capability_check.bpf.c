/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* capability.check: the kernel asks whether somebody has a capability, and the answer. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "tracepoint.bpf.h"

struct capability_check_event {
	struct sonde_event _event;
	u32 capability;
	s32 ret;
	bool in_initial_namespace;
	u8 _padding[7];
};

/* Network work is done, and asks, in interrupts. */
SONDE_NESTED_SCRATCH(capability_check, struct capability_check_event)
SONDE_NESTED_SCRATCH(check_return, struct capability_check_event)

static __always_inline void submit_check(struct sonde_counters *counters_here, struct capability_check_event *event,
					 struct user_namespace *target, u32 capability, s32 ret)
{
	event->capability = capability;
	event->ret = ret;
	event->in_initial_namespace = target->level == 0;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

static __always_inline void handle_check(struct sonde_counters *counters_here, struct capability_check_event *event,
					 u64 *ctx)
{
	submit_check(counters_here, event, (struct user_namespace *)ctx[1], ctx[3], ctx[4]);
}

static __always_inline void handle_return(struct sonde_counters *counters_here, struct capability_check_event *event,
					  u64 *ctx)
{
	submit_check(counters_here, event, (struct user_namespace *)ctx[1], ctx[2], ctx[4]);
}

/*
 * The tracepoint came after 6.12 (upstream d48da4d5ed7b, "security: add trace event for cap_capable"). Before, the function that
 * has it: its return, with which the arguments come.
 */
SONDE_TRACEPOINT(capability_check, cap_capable, sonde_always, SONDE_CONTEXT_ALL, sonde_own_nothing, handle_check)
SONDE_FUNCTION_RETURN(check_return, cap_capable, sonde_always, SONDE_CONTEXT_ALL, sonde_own_nothing, handle_return)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
