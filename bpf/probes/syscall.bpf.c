/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * syscall: system calls, whichever are chosen, with the time that they took. What is known of a call is kept at its entry: at
 * its return the arguments are still in the registers, but not those of an execve.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "tracepoint.bpf.h"
#include "call_options.bpf.h"

/* All threads of the machine can be in a call at once. */
#define CALLS_UNDER_WAY 32768

/* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_RT_SIGRETURN 15
#define NR_CLONE	56
#define NR_FORK		57
#define NR_VFORK	58
#define NR_EXECVE	59
#define NR_EXIT		60
#define NR_EXIT_GROUP	231
#define NR_EXECVEAT	322
#define NR_CLONE3	435

struct syscall_event {
	struct sonde_event _event;
	u64 arg0;
	u64 arg1;
	u64 arg2;
	u64 arg3;
	u64 arg4;
	u64 arg5;
	s64 ret;
	u64 latency_ns;
	sonde_name_of_system_call name;
	u32 number;
	u32 _has_start;
	u32 _padding;
};

SONDE_SCRATCH(syscall, struct syscall_event)

struct call_start {
	u64 since_ns;
	u64 number;
	u64 args[6];
};

/* By the address of the task: an execve in another than the main thread changes the thread's id. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CALLS_UNDER_WAY);
	__type(key, u64);
	__type(value, struct call_start);
} starts SEC(".maps");

/* These never return to sys_exit: the last one puts another number, -1, into the place of its own. */
static __always_inline bool returns(u64 number)
{
	return number != NR_EXIT && number != NR_EXIT_GROUP && number != NR_RT_SIGRETURN;
}

static __always_inline bool begins_call(u64 *ctx)
{
	return sonde_is_chosen_call(ctx[1]) && returns(ctx[1]) && !sonde_is_compat_call();
}

/* One that cannot be kept, as the map is full, is missed at the return. */
static __always_inline void keep_start(u64 *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx[0];
	u64 task = bpf_get_current_task();
	struct call_start start = {
		.since_ns = bpf_ktime_get_ns(),
		.number = ctx[1],
		.args = {regs->di, regs->si, regs->dx, regs->r10, regs->r8, regs->r9},
	};

	bpf_map_update_elem(&starts, &task, &start, BPF_ANY);
}

SEC("tp_btf/sys_enter")
int start_call(u64 *ctx)
{
	if (begins_call(ctx))
		SONDE_TIMED_START(keep_start(ctx));
	return 0;
}

/* A new process begins with the return of the call that its parent made, which returns the child's id there. */
static __always_inline bool is_of_child(u64 number, s64 ret)
{
	return ret == 0 && (number == NR_CLONE || number == NR_FORK || number == NR_VFORK || number == NR_CLONE3);
}

/*
 * Where programs can be preempted (exact_btf_tracepoints), the kernel can skip the return of one call and then the start of
 * the next: what is kept is then of an earlier one. A new program image has no arguments of the call that made it.
 */
static __always_inline bool is_start_of(struct call_start *start, struct pt_regs *regs, s64 ret)
{
	if (start->number != regs->orig_ax)
		return false;
	if (ret == 0 && (start->number == NR_EXECVE || start->number == NR_EXECVEAT))
		return true;
	return start->args[0] == regs->di && start->args[1] == regs->si && start->args[2] == regs->dx &&
	       start->args[3] == regs->r10 && start->args[4] == regs->r8 && start->args[5] == regs->r9;
}

static __always_inline void fill_start(struct syscall_event *event, struct call_start *start)
{
	event->latency_ns = bpf_ktime_get_ns() - start->since_ns;
	event->arg0 = start->args[0];
	event->arg1 = start->args[1];
	event->arg2 = start->args[2];
	event->arg3 = start->args[3];
	event->arg4 = start->args[4];
	event->arg5 = start->args[5];
}

/* Leaves what it finds for the body, in the scratch that both have on this CPU: whatever becomes of the hit, its start is to
 * be forgotten, or threads that end would leave theirs behind. */
static __always_inline bool ends_call(u64 *ctx)
{
	struct pt_regs *regs = (struct pt_regs *)ctx[0];
	struct syscall_event *event = find_syscall();
	u64 task = bpf_get_current_task();
	struct call_start *start;

	if (!sonde_is_chosen_call(regs->orig_ax) || is_of_child(regs->orig_ax, ctx[1]) || sonde_is_compat_call())
		return false;
	start = bpf_map_lookup_elem(&starts, &task);
	if (event) {
		event->_has_start = start && is_start_of(start, regs, ctx[1]);
		if (event->_has_start && start)
			fill_start(event, start);
	}
	if (start)
		bpf_map_delete_elem(&starts, &task);
	return true;
}

static __always_inline void handle_return(struct sonde_counters *counters_here, struct syscall_event *event, u64 *ctx)
{
	if (!event->_has_start) {
		sonde_count(counters_here->start_lost);
		return;
	}
	event->number = ((struct pt_regs *)ctx[0])->orig_ax;
	event->name = event->number + 1;
	event->ret = ctx[1];
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_TRACEPOINT(syscall, sys_exit, ends_call, SONDE_CONTEXT_ALL, sonde_own_nothing, handle_return)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
