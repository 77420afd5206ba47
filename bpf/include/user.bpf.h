/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Probes on functions of libraries and programs in user space, seen when they return: a program on the first instruction keeps
 * the arguments, the entry is on the return. Sections name file and function: "uprobe/libc.so.6:getaddrinfo".
 *
 * A thread has one call under way: the last one that began. Functions that never return (longjmp, the end of the thread)
 * leave theirs behind until the next one of the thread takes its place, or until the thread ends.
 */
#ifndef SONDE_USER_BPF_H
#define SONDE_USER_BPF_H

#include "entry.bpf.h"
#include "filter.bpf.h"
#include "submit.bpf.h"
#include "task_scratch.bpf.h"

#define SONDE_USER_ARGS 6
/* Threads in a function of the probe at the same time; beyond, calls are counted as start_lost. */
#define SONDE_USER_CALLS 10240
/* Functions of one source file are that close to each other. */
#define SONDE_NEAR_BYTES 16384

struct sonde_user_call {
	u64 since_ns;
	u64 address; /* of the function's first instruction */
	u64 stack;   /* the stack pointer there, where the address is that the function returns to */
	u64 args[SONDE_USER_ARGS];
	u32 function; /* the probe's own number for it */
	u32 nested;   /* calls within this one that are under way */
};

/* Of all functions of a probe. */
SONDE_BODIES(bodies);

/* By thread. Not an LRU map: those forget without saying so. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SONDE_USER_CALLS);
	__type(key, u64);
	__type(value, struct sonde_user_call);
} user_calls SEC(".maps");

/* Never filled. */
SONDE_BODIES(no_bodies);

/*
 * Since 6.13, and later releases of 6.12 (upstream a76ab5731e32, "bpf: Find eligible subprogs for private stack support"), the
 * kernel gives programs of this type a stack for each CPU, taking it that no other task runs them meanwhile. For uprobes that is
 * wrong: two tasks would share a stack, which has crashed kernels. A program that has a tail call keeps the task's stack. So
 * each one has one, where it never comes.
 */
static __always_inline void sonde_stay_on_task_stack(void *ctx)
{
	bpf_tail_call(ctx, &no_bodies, 0);
}

static __always_inline struct sonde_user_call *sonde_user_call_here(void)
{
	u64 thread = bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&user_calls, &thread);
}

static __always_inline void sonde_forget_user_call(void)
{
	u64 thread = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&user_calls, &thread);
}

/* Whether a function of the probe has been called by another one for its own purposes, directly or from the same source
 * file: what the caller asked for is seen once. */
static __always_inline bool sonde_is_nested(struct pt_regs *ctx, u32 function, const struct sonde_user_call *outer)
{
	u64 caller = 0;

	if (outer->function == function || outer->stack <= (u64)PT_REGS_SP(ctx))
		return false;
	if (bpf_probe_read_user(&caller, sizeof(caller), (void *)PT_REGS_SP(ctx)) != 0)
		return false;
	return caller - outer->address + SONDE_NEAR_BYTES < 2 * SONDE_NEAR_BYTES;
}

/* On the first instruction. False: there is no room. */
static __always_inline bool sonde_begin_user_call(struct pt_regs *ctx, u32 function)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct sonde_user_call *outer = sonde_user_call_here();
	struct sonde_user_call call = {};

	if (outer && sonde_is_nested(ctx, function, outer)) {
		outer->nested++;
		return true;
	}
	call.address = PT_REGS_IP(ctx);
	call.stack = PT_REGS_SP(ctx);
	call.args[0] = PT_REGS_PARM1(ctx);
	call.args[1] = PT_REGS_PARM2(ctx);
	call.args[2] = PT_REGS_PARM3(ctx);
	call.args[3] = PT_REGS_PARM4(ctx);
	call.args[4] = PT_REGS_PARM5(ctx);
	call.args[5] = ctx->r9;
	call.function = function;
	call.since_ns = bpf_ktime_get_ns();
	return bpf_map_update_elem(&user_calls, &thread, &call, BPF_ANY) == 0;
}

/* At a return the stack pointer is behind the address that the function returned to. */
static __always_inline bool sonde_is_return_of(struct pt_regs *ctx, const struct sonde_user_call *call)
{
	return call->stack + sizeof(u64) == (u64)PT_REGS_SP(ctx);
}

/* NULL: its start was lost. */
static __always_inline struct sonde_user_call *sonde_returning_user_call(struct pt_regs *ctx)
{
	struct sonde_user_call *call = sonde_user_call_here();

	return call && sonde_is_return_of(ctx, call) ? call : NULL;
}

/* On the return. `unknown`: one without a start is a hit, too; else starts are what makes a hit. */
static __always_inline int sonde_end_user_call(struct pt_regs *ctx, bool unknown)
{
	struct sonde_user_call *call = sonde_user_call_here();
	bool is_known = call && sonde_is_return_of(ctx, call);
	struct sonde_counters *counters_here = NULL;

	if (call && !is_known && call->nested) {
		call->nested--;
		return 0;
	}
	if (is_known || unknown)
		counters_here = sonde_enter(ctx, &bodies, sonde_current_tgid);
	if (is_known)
		sonde_forget_user_call();
	sonde_timer_stop(counters_here);
	return 0;
}

/*
 * The body of a probe, which has a task scratch of that name. `handle(counters, event, call, ret)` does the rest of what the
 * early filter lets pass.
 */
#define SONDE_USER_BODY(probe, handle)                                                             \
	SEC("uretprobe")                                                                           \
	int probe##_body(struct pt_regs *ctx)                                                      \
	{                                                                                          \
		struct sonde_counters *counters_here = sonde_counters_here();                      \
		struct sonde_user_call *call;                                                      \
		void *event = NULL;                                                                \
		u32 slot = 0;                                                                      \
                                                                                                   \
		if (!counters_here) {                                                              \
			sonde_stay_on_task_stack(ctx);                                             \
			return 0;                                                                  \
		}                                                                                  \
		call = sonde_returning_user_call(ctx);                                             \
		if (call)                                                                          \
			event = take_##probe(&slot);                                               \
		if (event) {                                                                       \
			if (sonde_early_match(counters_here, event, SONDE_CONTEXT_ALL))            \
				handle(counters_here, event, call, PT_REGS_RC(ctx));               \
			sonde_give_slot_back(slot);                                                \
		} else {                                                                           \
			sonde_count(counters_here->start_lost);                                    \
		}                                                                                  \
		if (call)                                                                          \
			sonde_forget_user_call();                                                  \
		sonde_timer_stop(counters_here);                                                   \
		return 0;                                                                          \
	}                                                                                          \
	SONDE_FORGET_THREADS

/* What a thread that ends in the middle of a function leaves behind would stay until another one gets its id. */
#define SONDE_FORGET_THREADS                                                                       \
	SEC("tp_btf/sched_process_exit")                                                           \
	int start_forget(__attribute__((unused)) u64 *ctx)                                         \
	{                                                                                          \
		return SONDE_TIMED_START(sonde_forget_user_call());                                \
	}

/*
 * The fixed programs of a function, which are told apart by `name`. `begin(ctx, counters, number)` is on its first
 * instruction; `unknown` as above.
 */
#define SONDE_USER_PROGRAMS(name, file, function, number, begin, unknown)                          \
	SEC("uprobe/" file ":" #function)                                                          \
	int start_##name(struct pt_regs *ctx)                                                      \
	{                                                                                          \
		struct sonde_counters *counters_here = sonde_counters_here();                      \
		u64 since;                                                                         \
                                                                                                   \
		if (!counters_here) {                                                              \
			sonde_stay_on_task_stack(ctx);                                             \
			return 0;                                                                  \
		}                                                                                  \
		since = sonde_start_timer_start(counters_here);                                    \
		begin(ctx, counters_here, number);                                                 \
		sonde_start_timer_stop(counters_here, since);                                      \
		return 0;                                                                          \
	}                                                                                          \
	SEC("uretprobe/" file ":" #function)                                                       \
	int return_##name(struct pt_regs *ctx)                                                     \
	{                                                                                          \
		return sonde_end_user_call(ctx, unknown);                                          \
	}

/* Every return is the probe's: where the start found no room, the return is counted as start_lost. */
static __always_inline void sonde_begin_any(struct pt_regs *ctx, __attribute__((unused)) struct sonde_counters *counters_here,
					    u32 function)
{
	sonde_begin_user_call(ctx, function);
}
#define SONDE_USER_FUNCTION(name, file, function, number) \
	SONDE_USER_PROGRAMS(name, file, function, number, sonde_begin_any, true)

#endif
