/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What it costs to look at an open and reject it, as one would write it by hand: no accounting, no
 * sampling, no live update. reject.c attaches one of the programs. None of them lets an open of the
 * load pass; what would pass is counted, so that the compiler keeps the comparison.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "reject.h"

struct reject_exit_ctx {
	u64 common;
	s32 syscall_nr;
	u32 _padding;
	s64 ret;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u64);
} passed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, REJECT_LIST);
	__type(key, u32);
	__type(value, u8);
} list SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, char[4104]);
} scratch SEC(".maps");

static __always_inline int pass(void)
{
	u32 zero = 0;
	u64 *count = bpf_map_lookup_elem(&passed, &zero);

	if (count)
		__sync_fetch_and_add(count, 1);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat")
int empty(__attribute__((unused)) struct reject_exit_ctx *ctx)
{
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat")
int process(__attribute__((unused)) struct reject_exit_ctx *ctx)
{
	return bpf_get_current_pid_tgid() >> 32 == REJECT_TGID ? pass() : 0;
}

/* The whole path, as the event that would follow needs it. */
SEC("tracepoint/syscalls/sys_exit_openat")
int prefix(__attribute__((unused)) struct reject_exit_ctx *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	u32 zero = 0;
	char *path = bpf_map_lookup_elem(&scratch, &zero);
	static const char wanted[] = REJECT_PREFIX;

	if (!path || bpf_probe_read_user_str(path, 4098, (void *)PT_REGS_PARM2_SYSCALL(regs)) < 0)
		return 0;
	for (u32 i = 0; i < sizeof(wanted) - 1; i++) {
		if (path[i] != wanted[i])
			return 0;
	}
	return pass();
}

SEC("tracepoint/syscalls/sys_exit_openat")
int listed(__attribute__((unused)) struct reject_exit_ctx *ctx)
{
	u32 tgid = bpf_get_current_pid_tgid() >> 32;

	return bpf_map_lookup_elem(&list, &tgid) ? pass() : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
