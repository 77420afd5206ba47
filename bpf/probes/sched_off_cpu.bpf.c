/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * sched.off_cpu: how long threads were off their CPU, why, and where in their code. When a thread leaves, it is still the current
 * one, so that its stacks can be taken; the event is made when it is back. Both are seen at the same hook, with the run queue
 * locked and interrupts off, so nothing here nests.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "stack.bpf.h"
#include "sched_switch.bpf.h"
#include "tracepoint.bpf.h"

#define MOST_AWAY 10240

/* include/linux/sched.h; the same since 4.14. */
#define TASK_INTERRUPTIBLE   0x0001
#define TASK_UNINTERRUPTIBLE 0x0002
#define TASK_STOPPED	     0x000c /* or traced */
#define TASK_DEAD	     0x0080

const volatile bool option_kernel_stack = false;
const volatile bool option_user_stack = false;

enum sched_off_cpu_reason {
	REASON_PREEMPTED = 1,
	REASON_SLEEP = 2,
	REASON_UNINTERRUPTIBLE = 3,
	REASON_STOPPED = 4,
	REASON_OTHER = 5,
};

struct sched_off_cpu_event {
	struct sonde_event _event;
	u64 off_ns;
	enum sched_off_cpu_reason reason;
	struct sonde_kernel_stack kernel_stack_id;
	struct sonde_user_stack user_stack_id;
	u32 _padding;
	char _kernel_stack_id[SONDE_TEXT(SONDE_STACK_BYTES)];
	char _user_stack_id[SONDE_TEXT(SONDE_STACK_BYTES)];
};

SONDE_SCRATCH(sched_off_cpu, struct sched_off_cpu_event)

struct away {
	u64 since_ns;
	u32 reason;
	u32 kernel_bytes;
	u32 user_bytes;
	u32 _padding;
	char kernel[SONDE_STACK_BYTES];
	char user[SONDE_STACK_BYTES];
};

SONDE_SCRATCH(leaving, struct away)

/* By thread. Preallocated: nothing can be allocated here. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_AWAY);
	__type(key, u32);
	__type(value, struct away);
} away SEC(".maps");

static __always_inline u32 reason_of(bool preempted, long state)
{
	if (preempted || state == 0)
		return REASON_PREEMPTED;
	if (state & TASK_INTERRUPTIBLE)
		return REASON_SLEEP;
	if (state & TASK_UNINTERRUPTIBLE)
		return REASON_UNINTERRUPTIBLE;
	return state & TASK_STOPPED ? REASON_STOPPED : REASON_OTHER;
}

/* The idle thread of a CPU is not away when others run, and who has ended does not come back. */
SEC("tp_btf/sched_switch")
int start_leave(u64 *ctx)
{
	struct task_struct *previous = (struct task_struct *)ctx[1];
	struct sonde_counters *counters_here = sonde_counters_here();
	struct away *leave = find_leaving();
	long state = sonde_task_state(previous);
	u32 tid = previous->pid;

	if (!counters_here || !leave || tid == 0 || state & TASK_DEAD)
		return 0;
	leave->since_ns = bpf_ktime_get_ns();
	leave->reason = reason_of(ctx[0], state);
	leave->kernel_bytes = option_kernel_stack ? sonde_get_stack(ctx, leave->kernel, 0) : 0;
	leave->user_bytes = option_user_stack ? sonde_get_stack(ctx, leave->user, BPF_F_USER_STACK) : 0;
	if (bpf_map_update_elem(&away, &tid, leave, BPF_ANY) != 0) {
		/* Its end will find nothing: the event is lost here. */
		sonde_count(counters_here->fired);
		sonde_count(counters_here->start_lost);
	}
	release_leaving();
	return 0;
}

#define SET_STACK(event, name, from, bytes)                                                        \
	do {                                                                                       \
		(event)->name.offset = __builtin_offsetof(typeof(*(event)), _##name);              \
		(event)->name.length = bytes;                                                      \
		if (bytes)                                                                         \
			__builtin_memcpy((event)->_##name, from, SONDE_STACK_BYTES);               \
	} while (0)

/* Leaves what it finds for the body, in the scratch that both have on this CPU. */
static __always_inline bool comes_back(u64 *ctx)
{
	struct sched_off_cpu_event *event = find_sched_off_cpu();
	u32 tid = sonde_next_task(ctx)->pid;
	struct away *left = bpf_map_lookup_elem(&away, &tid);

	if (!event || !left)
		return false;
	event->off_ns = bpf_ktime_get_ns() - left->since_ns;
	event->reason = left->reason;
	SET_STACK(event, kernel_stack_id, left->kernel, left->kernel_bytes);
	SET_STACK(event, user_stack_id, left->user, left->user_bytes);
	bpf_map_delete_elem(&away, &tid);
	return true;
}

static __always_inline void handle_back(struct sonde_counters *counters_here, struct sched_off_cpu_event *event,
					__attribute__((unused)) u64 *ctx)
{
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_CPU))
		sonde_submit(counters_here, event, SONDE_PACK_TEXTS(event, kernel_stack_id, user_stack_id));
}

SONDE_TRACEPOINT(sched_off_cpu, sched_switch, comes_back, SONDE_CONTEXT_CPU, sonde_own_next, handle_back)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
