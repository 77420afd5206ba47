/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Where the events of hooks are put together whose programs the kernel does not keep from running at once on one CPU: those of
 * uprobes can be preempted since 6.0 (upstream 8c7dcb84e3b7, "bpf: implement sleepable uprobes by chaining gps"), and other
 * tasks then run them, in any order. So each CPU has some slots, and a run takes one that nobody has. 5.10 gives programs no
 * compare-and-exchange: an owner is an element of a hash map, of which the kernel inserts only one.
 */
#ifndef SONDE_TASK_SCRATCH_BPF_H
#define SONDE_TASK_SCRATCH_BPF_H

#include "scratch.bpf.h"

/* More runs than that under way on one CPU, all preempted but one: the next is counted as start_lost. A power of two. */
#define SONDE_TASK_SLOTS 8

/* By CPU and slot; there while the slot is taken. Programs stay on their CPU, so no other one asks for its slots. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SONDE_TASK_SLOTS); /* the loader multiplies it by the number of possible CPUs */
	__type(key, u32);
	__type(value, u8);
} scratch_owners SEC(".maps");

static __always_inline u32 sonde_owner_of(u32 slot)
{
	return bpf_get_smp_processor_id() * SONDE_TASK_SLOTS + slot;
}

/* False: all are taken. Begins at a slot that the verifier does not know: else it walks what follows once for each. */
static __always_inline bool sonde_take_slot(u32 *slot)
{
	u32 first = bpf_get_current_pid_tgid();
	u8 taken = 1;

	for (u32 i = 0; i < SONDE_TASK_SLOTS; i++) {
		u32 tried = (first + i) % SONDE_TASK_SLOTS, owner = sonde_owner_of(tried);

		if (bpf_map_update_elem(&scratch_owners, &owner, &taken, BPF_NOEXIST) == 0) {
			*slot = tried;
			return true;
		}
	}
	return false;
}

static __always_inline void sonde_give_slot_back(u32 slot)
{
	u32 owner = sonde_owner_of(slot);

	bpf_map_delete_elem(&scratch_owners, &owner);
}

/* NULL: there is no free slot. What it gave goes back with sonde_give_slot_back. */
#define SONDE_TASK_SCRATCH(hook, event_type)                                                       \
	SONDE_SCRATCH_MAP(hook, event_type, SONDE_TASK_SLOTS);                                     \
	static __always_inline void *take_##hook(u32 *slot)                                        \
	{                                                                                          \
		return sonde_take_slot(slot) ? bpf_map_lookup_elem(&hook##_scratch, slot) : NULL;  \
	}

#endif
