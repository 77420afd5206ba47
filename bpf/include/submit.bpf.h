/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The end of a probe's body: the trace's rate limit and its ring buffer, which all probes of the trace share. */
#ifndef SONDE_SUBMIT_BPF_H
#define SONDE_SUBMIT_BPF_H

#include "counters.bpf.h"
#include "event.bpf.h"
#include "filter.bpf.h"

/*
 * The allowance of the whole trace, in events: entry 0 is the pool that user space fills, entry 1 + N what CPU N has
 * fetched from it, a chunk at a time, so that CPUs do not share a word for every event. Programs look and then subtract,
 * as 5.10 gives no result of an addition. Several CPUs may so take more than the pool has; what it is then below zero, it
 * gets first of what comes later. native/src/core/allowance.h mirrors the struct, fills it, and states the bound.
 */
struct sonde_allowance {
	s64 events;
	s64 chunk; /* of the pool only; changes with the rate */
	u64 _padding[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader puts one of 1 + the number of possible CPUs here */
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

#define sonde_tokens(cell) (*(volatile s64 *)&(cell)->events)

/* Brings a chunk from the pool to the CPU, and takes one of it. */
static __always_inline bool sonde_fetch_chunk(struct sonde_allowance *own)
{
	u32 zero = 0;
	struct sonde_allowance *pool = bpf_map_lookup_elem(&allowance, &zero);
	s64 chunk;

	if (!pool || sonde_tokens(pool) <= 0)
		return false;
	chunk = *(volatile s64 *)&pool->chunk;
	__sync_fetch_and_add(&pool->events, -chunk);
	__sync_fetch_and_add(&own->events, chunk - 1);
	return true;
}

static __always_inline bool sonde_within_rate(struct sonde_counters *counters_here)
{
	u32 index = 1 + bpf_get_smp_processor_id();
	struct sonde_allowance *own = bpf_map_lookup_elem(&allowance, &index);

	if (own && sonde_tokens(own) > 0) {
		__sync_fetch_and_add(&own->events, -1);
		return true;
	}
	if (own && sonde_fetch_chunk(own))
		return true;
	sonde_count(counters_here->rate_limited);
	return false;
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

/* Of an event whose own fields are filled: the late filter, the rest of the context, the rate limit. True: submit it. */
static __always_inline bool sonde_complete(struct sonde_counters *counters_here, void *event, u32 parts)
{
	if (!sonde_late_match(counters_here, event, parts))
		return false;
	sonde_fill_event(event, parts);
	return sonde_within_rate(counters_here);
}

#endif
