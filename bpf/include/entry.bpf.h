/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The fixed part of a probe. The program that is attached never changes: it counts, pauses, samples, and tail-calls
 * slot 0 of a prog array. Replacing the slot changes the filter of a running trace with no event missed or doubled.
 */
#ifndef SONDE_ENTRY_BPF_H
#define SONDE_ENTRY_BPF_H

#include "counters.bpf.h"
#include "timer.bpf.h"

/* Written by user space through mmap while the programs run; native/src/core/controls.h mirrors it. */
struct sonde_controls {
	u32 paused; /* by whom, a bit each; here any is enough */
	u32 sample_one_in;
	u32 process_salt; /* 0: sampled by hit; otherwise by process, mixed with this */
	u32 _reserved;
	u64 _padding[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct sonde_controls);
} controls SEC(".maps");

/* Holds the body of a hook. */
#define SONDE_BODIES(name)                                                                         \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY);                                             \
		__uint(max_entries, 1);                                                            \
		__type(key, u32);                                                                  \
		__type(value, u32);                                                                \
	} name SEC(".maps")

/* Spreads process ids, which come one after the other, evenly. */
static __always_inline u32 sonde_mix(u32 value)
{
	value *= 0x9e3779b1;
	value ^= value >> 15;
	value *= 0x85ebca77;
	return value ^ value >> 13;
}

/* Whose hit it is, for sampling by process. */
typedef u32 (*sonde_tgid_of)(void *ctx);

static __always_inline u32 sonde_current_tgid(__attribute__((unused)) void *ctx)
{
	return bpf_get_current_pid_tgid() >> 32;
}

static __always_inline bool sonde_sampled_out(struct sonde_controls *control, void *ctx, sonde_tgid_of tgid_of)
{
	u32 one_in = control->sample_one_in, salt = control->process_salt;

	if (one_in <= 1)
		return false;
	if (salt)
		return sonde_mix(tgid_of(ctx) ^ salt) % one_in;
	return bpf_get_prandom_u32() % one_in;
}

/* False: the hit makes no event, and is counted. */
static __always_inline bool sonde_wanted(struct sonde_counters *counters_here, void *ctx, sonde_tgid_of tgid_of)
{
	struct sonde_controls *control;
	u32 zero = 0;

	control = bpf_map_lookup_elem(&controls, &zero);
	if (!control || control->paused) {
		sonde_count(counters_here->paused);
		return false;
	}
	if (sonde_sampled_out(control, ctx, tgid_of)) {
		sonde_count(counters_here->sampled_out);
		return false;
	}
	return true;
}

/*
 * Returns only if this hit makes no event, already counted; else the body goes on in its place. Either ends with
 * sonde_timer_stop, to which an entry hands what it got here.
 */
static __always_inline __attribute__((warn_unused_result)) struct sonde_counters *
sonde_enter(void *ctx, void *bodies, sonde_tgid_of tgid_of)
{
	struct sonde_counters *counters_here = sonde_counters_here();

	if (!counters_here)
		return NULL;
	sonde_count(counters_here->fired);
	sonde_timer_start(counters_here);
	if (sonde_wanted(counters_here, ctx, tgid_of)) {
		bpf_tail_call(ctx, bodies, 0);
		/* No body yet: the trace is being started and counts as paused. */
		sonde_count(counters_here->paused);
	}
	return counters_here;
}

#endif
