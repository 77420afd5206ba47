/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* memory.reclaim: tasks that had to free memory before they got some, for how long, and how much they found. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "tracepoint.bpf.h"

#define MOST_RECLAIMING 10240

enum memory_reclaim_scope {
	SCOPE_NODE = 1,
	SCOPE_CGROUP = 2,
};

struct memory_reclaim_event {
	struct sonde_event _event;
	enum memory_reclaim_scope scope;
	u8 _padding[4];
	u64 latency_ns;
	u64 reclaimed_bytes;
};

SONDE_SCRATCH(reclaim, struct memory_reclaim_event)
SONDE_SCRATCH(cgroup_reclaim, struct memory_reclaim_event)

/* When a thread began; it reclaims for one thing at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_RECLAIMING);
	__type(key, u64);
	__type(value, u64);
} reclaiming SEC(".maps");

static __always_inline int begin(void)
{
	u64 thread = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();

	bpf_map_update_elem(&reclaiming, &thread, &now, BPF_ANY);
	return 0;
}

static __always_inline void handle_end(struct sonde_counters *counters_here, struct memory_reclaim_event *event,
				       u64 pages, enum memory_reclaim_scope scope)
{
	u64 thread = bpf_get_current_pid_tgid();
	u64 *since = bpf_map_lookup_elem(&reclaiming, &thread);

	if (!since) {
		sonde_count(counters_here->start_lost);
		return;
	}
	event->latency_ns = bpf_ktime_get_ns() - *since;
	bpf_map_delete_elem(&reclaiming, &thread);
	event->scope = scope;
	event->reclaimed_bytes = pages * SONDE_PAGE_BYTES;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

static __always_inline void handle_node(struct sonde_counters *counters_here, struct memory_reclaim_event *event,
					u64 *ctx)
{
	handle_end(counters_here, event, ctx[0], SCOPE_NODE);
}

static __always_inline void handle_cgroup(struct sonde_counters *counters_here, struct memory_reclaim_event *event,
					  u64 *ctx)
{
	handle_end(counters_here, event, ctx[0], SCOPE_CGROUP);
}

SEC("tp_btf/mm_vmscan_direct_reclaim_begin")
int start_reclaim(__attribute__((unused)) u64 *ctx)
{
	return begin();
}

SEC("tp_btf/mm_vmscan_memcg_reclaim_begin")
int start_cgroup_reclaim(__attribute__((unused)) u64 *ctx)
{
	return begin();
}

SONDE_TRACEPOINT(reclaim, mm_vmscan_direct_reclaim_end, sonde_always, SONDE_CONTEXT_ALL, sonde_own_nothing, handle_node)
SONDE_TRACEPOINT(cgroup_reclaim, mm_vmscan_memcg_reclaim_end, sonde_always, SONDE_CONTEXT_ALL, sonde_own_nothing,
		 handle_cgroup)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
