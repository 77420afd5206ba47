/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* ptrace.attach: attempts to get another process under control, by the call that begins it. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"

/* include/uapi/linux/ptrace.h */
#define PTRACE_TRACEME 0
#define PTRACE_ATTACH  16
#define PTRACE_SEIZE   0x4206

enum ptrace_attach_request {
	REQUEST_ATTACH = 1,
	REQUEST_SEIZE = 2,
	REQUEST_TRACEME = 3,
};

struct ptrace_attach_event {
	struct sonde_event _event;
	enum ptrace_attach_request request;
	u32 target;
	s32 ret;
	u8 _padding[4];
};

SONDE_SCRATCH(ptrace_attach, struct ptrace_attach_event)

/* A debugger makes many other requests, once it is attached. */
static __always_inline bool is_attach(const struct sonde_syscall *call)
{
	u64 request = call->args.value[0];

	return request == PTRACE_ATTACH || request == PTRACE_SEIZE || request == PTRACE_TRACEME;
}

static __always_inline void handle_attach(struct sonde_counters *counters_here, struct ptrace_attach_event *event,
					  struct sonde_syscall *call)
{
	u64 request = call->args.value[0];

	event->request = request == PTRACE_ATTACH ? REQUEST_ATTACH
			 : request == PTRACE_SEIZE ? REQUEST_SEIZE
						   : REQUEST_TRACEME;
	event->target = request == PTRACE_TRACEME ? 0 : call->args.value[1];
	event->ret = call->ret;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_SYSCALL_BODIES(ptrace_attach, handle_attach)
SONDE_SYSCALL_IF(ptrace, 4, is_attach)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
