/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The end of a probe's body: the trace's rate limit and its ring buffer, which all probes of the trace share. */
#ifndef SONDE_SUBMIT_BPF_H
#define SONDE_SUBMIT_BPF_H

#include "counters.bpf.h"

/*
 * The allowance of the whole trace, in events. User space adds to it with every round of its reader; a program takes
 * one if there is one. Between the look and the subtraction other CPUs may take the same one, so the limit is exceeded
 * by at most one event per CPU and refill; a fetch-and-subtract would be exact, but 5.10 has none.
 */
struct sonde_allowance {
	s64 events;
	u64 _padding[7];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct sonde_allowance);
} allowance SEC(".maps");

/* Ring buffers of the trace, chosen by CPU; the loader makes them and puts them here. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, u32);
	__array(values, struct {
		__uint(type, BPF_MAP_TYPE_RINGBUF);
		__uint(max_entries, 64 * 1024);
	});
} rings SEC(".maps");

const volatile u32 sonde_ring_mask = 0;           /* number of rings - 1; a power of two */
const volatile u64 sonde_ring_wakeup_bytes = ~0ULL; /* half of a ring */

static __always_inline bool sonde_within_rate(struct sonde_counters *counters_here)
{
	u32 zero = 0;
	struct sonde_allowance *allowed = bpf_map_lookup_elem(&allowance, &zero);

	if (!allowed || *(volatile s64 *)&allowed->events <= 0) {
		sonde_count(counters_here->rate_limited);
		return false;
	}
	__sync_fetch_and_add(&allowed->events, -1);
	return true;
}

/*
 * Copies the bytes used into the ring. The reader looks at its rings on a timer, because a wakeup per event costs more
 * than the event; only a ring that is more than half full calls it.
 */
static __always_inline void sonde_submit(struct sonde_counters *counters_here, void *event, u64 size)
{
	u32 index = bpf_get_smp_processor_id() & sonde_ring_mask;
	void *ring = bpf_map_lookup_elem(&rings, &index);
	u64 flags = BPF_RB_NO_WAKEUP;

	if (!ring) {
		sonde_count(counters_here->ring_full);
		return;
	}
	if (bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA) > sonde_ring_wakeup_bytes)
		flags = BPF_RB_FORCE_WAKEUP;
	if (bpf_ringbuf_output(ring, event, size, flags))
		sonde_count(counters_here->ring_full);
	else
		sonde_count(counters_here->delivered);
}

#endif
