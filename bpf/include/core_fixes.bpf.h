/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Differences between kernels, each with the upstream change that made it. */
#ifndef SONDE_CORE_FIXES_BPF_H
#define SONDE_CORE_FIXES_BPF_H

/*
 * What a program on tracepoint/syscalls/sys_exit_* sees. The BTF of the kernel has no type for it: the perf glue builds
 * it by hand (kernel/trace/trace_syscalls.c, perf_call_bpf_exit), with a 32-bit number where trace_event_raw_sys_exit
 * has a long whose upper half is then not defined.
 */
struct sonde_syscall_exit_ctx {
	u64 common;
	s32 syscall_nr;
	u32 _padding;
	s64 ret;
};

/* The same for sys_enter_* (perf_call_bpf_enter). */
struct sonde_syscall_enter_ctx {
	u64 common;
	s32 syscall_nr;
	u32 _padding;
	u64 args[6];
};

/*
 * bpf_task_pt_regs() exists since 5.15 (upstream dd6e10fbd9fb, "bpf: Add bpf_task_pt_regs() helper"): then the exit
 * program finds the arguments in the saved registers. Before, a program on the entry must keep them. The loader asks
 * the kernel and sets this; the verifier drops the branch that is not taken.
 */
const volatile bool sonde_keep_arguments = false;

/*
 * bpf_get_current_task_btf() exists since 5.11 (upstream 3ca1032ab7ab, "bpf: Implement get_current_task_btf and
 * RET_PTR_TO_BTF_ID").
 */
static __always_inline bool sonde_has_typed_task(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

/*
 * sched_process_exit says since 6.16 (upstream "exit: move and extend sched_process_exit() tracepoint") whether the thread is
 * the last one of its process.
 */
struct trace_event_raw_sched_process_exit___since_6_16 {
	bool group_dead;
} __attribute__((preserve_access_index));

static __always_inline bool sonde_exit_says_last(void)
{
	return bpf_core_type_exists(struct trace_event_raw_sched_process_exit___since_6_16);
}

/* Whether sonde_user_registers() can be called: see sonde_keep_arguments. */
static __always_inline bool sonde_has_registers(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs);
}

#endif
