/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Probes on system calls, seen when they return: the result is known and the caller's memory has been read by the
 * kernel, so it is present. Attached to the tracepoint of each call and not to raw sys_exit, which would slow every
 * other system call of the machine.
 */
#ifndef SONDE_SYSCALL_BPF_H
#define SONDE_SYSCALL_BPF_H

#include "core_fixes.bpf.h"
#include "entry.bpf.h"

#define SONDE_SYSCALL_ARGS 6

struct sonde_syscall_args {
	u64 value[SONDE_SYSCALL_ARGS];
};

/* Arguments of calls under way, by thread; only filled where sonde_keep_arguments is set. Not an LRU map: those forget
 * without saying so, while a full hash map shows as start_lost. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* the loader makes it SONDE_CALLS_UNDER_WAY if it is used */
	__type(key, u64);
	__type(value, struct sonde_syscall_args);
} calls_under_way SEC(".maps");

/*
 * Body of the programs on the entry of a call: keeps its arguments. `count` is how many the call has: the kernel does not
 * attach a program that reads beyond them (perf_event_set_bpf_prog compares with the offsets of the event).
 */
static __always_inline int sonde_syscall_start(struct sonde_syscall_enter_ctx *ctx, int count)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct sonde_syscall_args args = {};

	for (int i = 0; i < count; i++)
		args.value[i] = ctx->args[i];
	bpf_map_update_elem(&calls_under_way, &thread, &args, BPF_ANY);
	return 0;
}

/* Body of the fixed programs on the return of a call. */
static __always_inline int sonde_syscall_enter(void *ctx)
{
	sonde_enter(ctx);
	if (sonde_keep_arguments) {
		u64 thread = bpf_get_current_pid_tgid();

		bpf_map_delete_elem(&calls_under_way, &thread);
	}
	return 0;
}

/* The arguments of the call that returns now. False: not known, counted as start_lost. */
static __always_inline bool sonde_syscall_args(struct sonde_counters *counters_here,
					       struct sonde_syscall_args *args)
{
	if (sonde_keep_arguments) {
		u64 thread = bpf_get_current_pid_tgid();
		struct sonde_syscall_args *kept = bpf_map_lookup_elem(&calls_under_way, &thread);

		if (!kept) {
			sonde_count(counters_here->start_lost);
			return false;
		}
		*args = *kept;
		bpf_map_delete_elem(&calls_under_way, &thread);
	} else {
		struct task_struct *task = bpf_get_current_task_btf();
		struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);

		args->value[0] = PT_REGS_PARM1_SYSCALL(regs);
		args->value[1] = PT_REGS_PARM2_SYSCALL(regs);
		args->value[2] = PT_REGS_PARM3_SYSCALL(regs);
		args->value[3] = PT_REGS_PARM4_SYSCALL(regs);
		args->value[4] = PT_REGS_PARM5_SYSCALL(regs);
		args->value[5] = regs->r9;
	}
	return true;
}

#endif
