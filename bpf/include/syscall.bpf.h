/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Probes on system calls, seen when they return: the result is known and the caller's memory has been read by the
 * kernel, so it is present. Two ways to attach, of which the service chooses one for each trace:
 *
 * - the tracepoint of each call, and not raw sys_exit, which would slow every other system call of the machine;
 * - a return probe on the function of each call. Since 6.13 (upstream a363d27cdbc2, "tracing: Allow system call
 *   tracepoints to handle page faults") programs on the tracepoints can be preempted, and then the kernel skips those of
 *   other tasks on that CPU; return probes run without preemption and lose nothing. They do not see calls that seccomp
 *   or a tracer answered before the kernel did anything.
 */
#ifndef SONDE_SYSCALL_BPF_H
#define SONDE_SYSCALL_BPF_H

#include "core_fixes.bpf.h"
#include "entry.bpf.h"

#define SONDE_SYSCALL_ARGS 6

struct sonde_syscall_args {
	u64 value[SONDE_SYSCALL_ARGS];
};

/* Of all calls of a probe. */
SONDE_BODIES(bodies);

/* A call that returns now. */
struct sonde_syscall {
	s32 number;
	s64 ret;
	struct sonde_syscall_args args;
};

/* Arguments of calls under way, by thread; only filled where sonde_keep_arguments is set. Not an LRU map: those forget
 * without saying so, while a full hash map shows as start_lost. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1); /* the loader makes it SONDE_CALLS_UNDER_WAY if it is used */
	__type(key, u64);
	__type(value, struct sonde_syscall_args);
} calls_under_way SEC(".maps");

/* On the entry of a call: keeps its arguments, `count` of them. */
static __always_inline int sonde_keep_call(struct sonde_syscall_enter_ctx *ctx, int count)
{
	struct sonde_counters *counters_here = sonde_counters_here();
	u64 thread = bpf_get_current_pid_tgid();
	struct sonde_syscall_args args = {};
	u64 since;

	if (!counters_here)
		return 0;
	since = sonde_start_timer_start(counters_here);
	for (int i = 0; i < count; i++)
		args.value[i] = ctx->args[i];
	bpf_map_update_elem(&calls_under_way, &thread, &args, BPF_ANY);
	sonde_start_timer_stop(counters_here, since);
	return 0;
}

/* On the return of a call that makes no event. */
static __always_inline void sonde_forget_call(void)
{
	if (sonde_keep_arguments) {
		u64 thread = bpf_get_current_pid_tgid();

		bpf_map_delete_elem(&calls_under_way, &thread);
	}
}

static __always_inline struct pt_regs *sonde_user_registers(void)
{
	return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
}

/* As the call was made: the kernel keeps the registers until it goes back to the caller. */
static __always_inline void sonde_arguments_from_registers(struct sonde_syscall_args *args, struct pt_regs *regs)
{
	args->value[0] = PT_REGS_PARM1_SYSCALL(regs);
	args->value[1] = PT_REGS_PARM2_SYSCALL(regs);
	args->value[2] = PT_REGS_PARM3_SYSCALL(regs);
	args->value[3] = PT_REGS_PARM4_SYSCALL(regs);
	args->value[4] = PT_REGS_PARM5_SYSCALL(regs);
	args->value[5] = regs->r9;
}

/* False: the arguments are not known. */
static __always_inline bool sonde_look_at_call(struct sonde_syscall_exit_ctx *ctx, struct sonde_syscall *call)
{
	call->number = ctx->syscall_nr;
	call->ret = ctx->ret;
	if (sonde_keep_arguments) {
		u64 thread = bpf_get_current_pid_tgid();
		struct sonde_syscall_args *kept = bpf_map_lookup_elem(&calls_under_way, &thread);

		if (!kept)
			return false;
		call->args = *kept;
	} else {
		sonde_arguments_from_registers(&call->args, sonde_user_registers());
	}
	return true;
}

/* False: the arguments are not known, counted as start_lost. */
static __always_inline bool sonde_syscall_from_tracepoint(struct sonde_counters *counters_here,
							  struct sonde_syscall_exit_ctx *ctx,
							  struct sonde_syscall *call)
{
	if (!sonde_look_at_call(ctx, call)) {
		sonde_count(counters_here->start_lost);
		return false;
	}
	sonde_forget_call();
	return true;
}

static __always_inline void sonde_syscall_from_return_probe(struct pt_regs *ctx, struct sonde_syscall *call)
{
	struct pt_regs *regs = sonde_user_registers();

	call->number = regs->orig_ax;
	call->ret = PT_REGS_RC(ctx);
	sonde_arguments_from_registers(&call->args, regs);
}

/*
 * The bodies of a probe, one for each way to attach. What they have in common: the scratch of that name, which begins with a sonde_event,
 * and `handle(counters, event, call)`, which does the rest of what the early filter lets pass. That comes first: to find the
 * arguments took some 70 of the 270 ns that a rejected call cost.
 */
#define SONDE_SYSCALL_BODIES(probe, handle)                                                        \
	SEC("tracepoint")                                                                          \
	int probe##_body(struct sonde_syscall_exit_ctx *ctx)                                       \
	{                                                                                          \
		struct sonde_counters *counters_here = sonde_counters_here();                      \
		void *event = find_##probe();                                                        \
		struct sonde_syscall call;                                                         \
                                                                                                   \
		if (!counters_here)                                                                \
			return 0;                                                                  \
		if (!event) {                                                                      \
			sonde_count(counters_here->start_lost);                                    \
			sonde_forget_call();                                                       \
		} else if (!sonde_early_match(counters_here, event, SONDE_CONTEXT_ALL)) {          \
			sonde_forget_call();                                                       \
		} else if (sonde_syscall_from_tracepoint(counters_here, ctx, &call)) {             \
			handle(counters_here, event, &call);                                       \
		}                                                                                  \
		release_##probe();                                                                   \
		sonde_timer_stop(counters_here);                                                   \
		return 0;                                                                          \
	}                                                                                          \
	SEC("kretprobe.multi")                                                                     \
	int probe##_return_body(struct pt_regs *ctx)                                               \
	{                                                                                          \
		struct sonde_counters *counters_here = sonde_counters_here();                      \
		void *event = find_##probe();                                                        \
		struct sonde_syscall call;                                                         \
                                                                                                   \
		if (!counters_here)                                                                \
			return 0;                                                                  \
		if (!event) {                                                                      \
			sonde_count(counters_here->start_lost);                                    \
		} else if (sonde_early_match(counters_here, event, SONDE_CONTEXT_ALL)) {           \
			sonde_syscall_from_return_probe(ctx, &call);                               \
			handle(counters_here, event, &call);                                       \
		}                                                                                  \
		release_##probe();                                                                   \
		sonde_timer_stop(counters_here);                                                   \
		return 0;                                                                          \
	}

/* Whether a return is one of the probe's; one whose arguments are not known is. */
#define SONDE_WANTS_EXIT(ctx, wanted)                                                              \
	({                                                                                         \
		struct sonde_syscall _call;                                                        \
                                                                                                   \
		!sonde_look_at_call(ctx, &_call) || wanted(&_call);                                \
	})
#define SONDE_WANTS_RETURN(ctx, wanted)                                                            \
	({                                                                                         \
		struct sonde_syscall _call;                                                        \
                                                                                                   \
		sonde_syscall_from_return_probe(ctx, &_call);                                      \
		wanted(&_call);                                                                    \
	})

/*
 * The fixed programs of one call, with the number of its arguments: the kernel does not attach a program that reads
 * beyond them (perf_event_set_bpf_prog compares with the offsets of the event).
 */
#define SONDE_SYSCALL_PROGRAMS(call, args, wants_exit, wants_return)                               \
	SEC("tracepoint/syscalls/sys_exit_" #call)                                                 \
	int exit_##call(struct sonde_syscall_exit_ctx *ctx)                                        \
	{                                                                                          \
		struct sonde_counters *counters_here = NULL;                                       \
                                                                                                   \
		if (wants_exit)                                                                    \
			counters_here = sonde_enter(ctx, &bodies, sonde_current_tgid);                                 \
		sonde_forget_call();                                                               \
		sonde_timer_stop(counters_here);                                                   \
		return 0;                                                                          \
	}                                                                                          \
	SEC("tracepoint/syscalls/sys_enter_" #call)                                                \
	int keep_##call(struct sonde_syscall_enter_ctx *ctx)                                       \
	{                                                                                          \
		return sonde_keep_call(ctx, args);                                                 \
	}                                                                                          \
	SEC("kretprobe.multi/__x64_sys_" #call)                                                    \
	int return_##call(struct pt_regs *ctx)                                                     \
	{                                                                                          \
		if (wants_return)                                                                  \
			sonde_timer_stop(sonde_enter(ctx, &bodies, sonde_current_tgid));                               \
		return 0;                                                                          \
	}

/* Every return is the probe's. */
#define SONDE_SYSCALL(call, args) SONDE_SYSCALL_PROGRAMS(call, args, true, true)

/* Returns are the probe's that `wanted(call)` says so of; others are not counted. */
#define SONDE_SYSCALL_IF(call, args, wanted)                                                       \
	SONDE_SYSCALL_PROGRAMS(call, args, SONDE_WANTS_EXIT(ctx, wanted), SONDE_WANTS_RETURN(ctx, wanted))

static __always_inline bool sonde_failed(const struct sonde_syscall *call)
{
	return call->ret < 0;
}

#endif
