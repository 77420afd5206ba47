/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* memory.oom_kill: processes that the kernel chose to end because memory was short. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "tracepoint.bpf.h"

struct memory_oom_kill_event {
	struct sonde_event _event;
	u32 victim_tgid;
	char victim_comm[16];
	u8 _padding[4];
	u64 victim_virtual_bytes;
};

SONDE_SCRATCH(memory_oom_kill, struct memory_oom_kill_event)


static __always_inline void handle_victim(struct sonde_counters *counters_here, struct memory_oom_kill_event *event,
					  u64 *ctx)
{
	if (sonde_victim_is_task()) {
		struct task_struct *victim = (struct task_struct *)ctx[0];

		event->victim_tgid = victim->tgid;
		__builtin_memcpy(event->victim_comm, victim->comm, sizeof(event->victim_comm));
		event->victim_virtual_bytes = BPF_CORE_READ(victim, mm, total_vm) * SONDE_PAGE_BYTES;
	} else {
		event->victim_tgid = ctx[0];
		__builtin_memset(event->victim_comm, 0, sizeof(event->victim_comm));
		event->victim_virtual_bytes = 0;
	}
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_TRACEPOINT(memory_oom_kill, mark_victim, sonde_always, SONDE_CONTEXT_ALL, sonde_own_nothing, handle_victim)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
