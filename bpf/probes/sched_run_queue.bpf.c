/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * sched.run_queue: how long threads that could run waited for a CPU. A wait begins with a wakeup, or when a thread is taken
 * off its CPU while it could go on; it ends when the thread gets one. Both are seen with the run queue locked and
 * interrupts off, so nothing here nests.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "sched_switch.bpf.h"
#include "tracepoint.bpf.h"

#define MOST_WAITING 32768
#define TASK_RUNNING 0

struct sched_run_queue_event {
	struct sonde_event _event;
	u64 wait_ns;
	bool preempted;
	u8 _padding[7];
};

SONDE_SCRATCH(sched_run_queue, struct sched_run_queue_event)

struct waiting {
	u64 since;
	u64 preempted;
};

/* By thread. Preallocated: nothing can be allocated here. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_WAITING);
	__type(key, u32);
	__type(value, struct waiting);
} waiting SEC(".maps");

/* The idle thread of a CPU waits for nothing. */
static __always_inline void begin_wait(u32 tid, bool preempted)
{
	struct waiting wait = {.since = bpf_ktime_get_ns(), .preempted = preempted};
	struct sonde_counters *counters_here;

	if (tid == 0 || bpf_map_update_elem(&waiting, &tid, &wait, BPF_ANY) == 0)
		return;
	/* Its end will find nothing: the event is lost here. */
	counters_here = sonde_counters_here();
	if (counters_here) {
		sonde_count(counters_here->fired);
		sonde_count(counters_here->start_lost);
	}
}

SEC("tp_btf/sched_wakeup")
int start_wakeup(u64 *ctx)
{
	begin_wait(((struct task_struct *)ctx[0])->pid, false);
	return 0;
}

SEC("tp_btf/sched_wakeup_new")
int start_wakeup_new(u64 *ctx)
{
	begin_wait(((struct task_struct *)ctx[0])->pid, false);
	return 0;
}

SEC("tp_btf/sched_switch")
int start_preempted(u64 *ctx)
{
	struct task_struct *previous = (struct task_struct *)ctx[1];

	if (sonde_task_state(previous) == TASK_RUNNING)
		begin_wait(previous->pid, true);
	return 0;
}

/* Leaves what it finds for the body, in the scratch that both have on this CPU. */
static __always_inline bool ends_wait(u64 *ctx)
{
	struct sched_run_queue_event *event = find_sched_run_queue();
	u32 tid = sonde_next_task(ctx)->pid;
	struct waiting *wait = bpf_map_lookup_elem(&waiting, &tid);

	if (!event || !wait)
		return false;
	event->wait_ns = bpf_ktime_get_ns() - wait->since;
	event->preempted = wait->preempted;
	bpf_map_delete_elem(&waiting, &tid);
	return true;
}

static __always_inline void handle_switch(struct sonde_counters *counters_here, struct sched_run_queue_event *event,
					  __attribute__((unused)) u64 *ctx)
{
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_CPU))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_TRACEPOINT(sched_run_queue, sched_switch, ends_wait, SONDE_CONTEXT_CPU, sonde_own_next, handle_switch)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
