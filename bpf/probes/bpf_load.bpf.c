/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* bpf.load: eBPF programs given to the kernel, by whom, and whether it took them. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"

struct bpf_load_event {
	struct sonde_event _event;
	s32 ret;
	u32 program_type;
	u32 expected_attach_type;
	u32 instructions;
	bool attributes_unreadable;
	u8 _padding[7];
	char name[16];
};

SONDE_SCRATCH(bpf_load, struct bpf_load_event)

static __always_inline bool is_load(const struct sonde_syscall *call)
{
	return call->args.value[0] == BPF_PROG_LOAD;
}

/* The caller says how long its attributes are: what is behind them is zero for the kernel too. */
static __always_inline void read_attributes(struct bpf_load_event *event, const union bpf_attr *from, u64 size)
{
	struct {
		u32 prog_type;
		u32 insn_cnt;
		u64 _pointers[2];
		u32 _log[2];
		u64 _log_buf;
		u32 _kern_version;
		u32 _prog_flags;
		char prog_name[16];
		u32 _prog_ifindex;
		u32 expected_attach_type;
	} attributes = {};

	_Static_assert(__builtin_offsetof(union bpf_attr, expected_attach_type) == sizeof(attributes) - 4, "layout");
	if (size > sizeof(attributes))
		size = sizeof(attributes);
	/* Changes nothing; after the comparison some verifiers take it for a signed number. */
	size &= 0x7f;
	event->attributes_unreadable = bpf_probe_read_user(&attributes, size, from) != 0;
	if (event->attributes_unreadable)
		__builtin_memset(&attributes, 0, sizeof(attributes));
	event->program_type = attributes.prog_type;
	event->instructions = attributes.insn_cnt;
	event->expected_attach_type = attributes.expected_attach_type;
	__builtin_memcpy(event->name, attributes.prog_name, sizeof(event->name));
}

static __always_inline void handle_load(struct sonde_counters *counters_here, struct bpf_load_event *event,
					struct sonde_syscall *call)
{
	event->ret = call->ret;
	read_attributes(event, (const union bpf_attr *)call->args.value[1], call->args.value[2]);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_SYSCALL_BODIES(bpf_load, handle_load)
SONDE_SYSCALL_IF(bpf, 3, is_load)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
