/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* module.load: kernel modules given to the kernel, and whether it took them. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"

/* x86-64: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_INIT_MODULE 175

#define PARAMETERS_BYTES 1024

enum module_load_syscall {
	SYSCALL_INIT_MODULE = 1,
	SYSCALL_FINIT_MODULE = 2,
};

struct module_load_event {
	struct sonde_event _event;
	enum module_load_syscall syscall;
	s32 ret;
	s32 fd;
	u32 flags;
	u64 image_bytes;
	struct sonde_string parameters;
	bool parameters_truncated;
	bool parameters_unreadable;
	u8 _padding[2];
	char _parameters[SONDE_TEXT(PARAMETERS_BYTES)];
};

SONDE_SCRATCH(module_load, struct module_load_event)

static __always_inline void handle_module(struct sonde_counters *counters_here, struct module_load_event *event,
					  struct sonde_syscall *call)
{
	bool from_memory = call->number == NR_INIT_MODULE;

	event->syscall = from_memory ? SYSCALL_INIT_MODULE : SYSCALL_FINIT_MODULE;
	event->ret = call->ret;
	event->fd = from_memory ? -1 : (s32)call->args.value[0];
	event->flags = from_memory ? 0 : call->args.value[2];
	event->image_bytes = from_memory ? call->args.value[1] : 0;
	SONDE_READ_USER_TEXT(event, parameters,
			     (const char *)(from_memory ? call->args.value[2] : call->args.value[1]));
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, SONDE_USED_BYTES(event, parameters));
}

SONDE_SYSCALL_BODIES(module_load, handle_module)
SONDE_SYSCALL(init_module, 3)
SONDE_SYSCALL(finit_module, 3)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
