/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The accounting in the kernel: every run adds one to `fired`, first, and one to exactly one outcome, last. What is
 * between the two is in flight. native/src/core/counters.h mirrors the struct.
 *
 * The map is an mmap-able array indexed by CPU and not a per-CPU map: bpf(2) lookups of maps make preemptible kernels
 * skip other tasks' programs, so user space reads through mmap. Additions are atomic, because on such kernels another
 * task can run a program on the same CPU in between. No result is used: that is the one form that 5.10 accepts.
 */
#ifndef SONDE_COUNTERS_BPF_H
#define SONDE_COUNTERS_BPF_H

struct sonde_counters {
	u64 fired;
	u64 paused;
	u64 sampled_out;
	u64 start_lost;
	u64 filter_error;
	u64 rejected;
	u64 rate_limited;
	u64 ring_full;
	u64 delivered;
	u64 timed_runs;
	u64 timed_ns;
	/* Of timer.bpf.h. */
	u64 next_timed;
	u64 timed_since;
	u64 starts;
	u64 next_timed_start;
	u64 _padding; /* two cache lines a CPU: no false sharing */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); /* the loader sets it to the number of possible CPUs */
	__type(key, u32);
	__type(value, struct sonde_counters);
} counters SEC(".maps");

#define sonde_count(field) __sync_fetch_and_add(&(field), 1)

static __always_inline struct sonde_counters *sonde_counters_here(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&counters, &cpu);
}

#endif
