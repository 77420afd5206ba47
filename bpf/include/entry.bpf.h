/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The fixed part of a probe. The program that is attached never changes: it counts, pauses, samples, and tail-calls
 * slot 0 of `bodies`. Replacing the slot changes the filter of a running trace with no event missed or doubled.
 */
#ifndef SONDE_ENTRY_BPF_H
#define SONDE_ENTRY_BPF_H

#include "counters.bpf.h"

/* Written by user space through mmap while the programs run; native/src/core/controls.h mirrors it. */
struct sonde_controls {
	u32 paused;
	u32 sample_one_in;
	u64 _padding[7];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct sonde_controls);
} controls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, u32);
} bodies SEC(".maps");

/* Returns only if this hit makes no event, already counted; else the body goes on in its place. */
static __always_inline void sonde_enter(void *ctx)
{
	struct sonde_counters *counters_here = sonde_counters_here();
	struct sonde_controls *control;
	u32 zero = 0, one_in;

	if (!counters_here)
		return;
	sonde_count(counters_here->fired);
	control = bpf_map_lookup_elem(&controls, &zero);
	if (!control || control->paused) {
		sonde_count(counters_here->paused);
		return;
	}
	one_in = control->sample_one_in;
	if (one_in > 1 && bpf_get_prandom_u32() % one_in) {
		sonde_count(counters_here->sampled_out);
		return;
	}
	bpf_tail_call(ctx, &bodies, 0);
	/* No body yet: the trace is being started and counts as paused. */
	sonde_count(counters_here->paused);
}

#endif
