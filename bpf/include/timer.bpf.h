/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The time that runs take, measured by the programs: the kernel's own statistics need CAP_SYS_ADMIN and slow all programs
 * of the machine down. About one run in 64 is measured, from the count of `fired` to the last instruction of the entry or
 * body. Distances of 32 to 95 runs come from the low bits of the clock: fixed ones could fall in step with a load that
 * repeats itself. A run that is not measured loads and compares once at either end.
 *
 * One word for each CPU holds when the measured run began, because the body cannot be handed anything. A run that
 * interrupts it there, or runs while it is preempted, ends its measurement early, and it finds nothing to end: wrong by
 * less than itself.
 */
#ifndef SONDE_TIMER_BPF_H
#define SONDE_TIMER_BPF_H

#include "counters.bpf.h"

/* As long a run counts at most: beyond, others had its CPU. */
#define SONDE_LONGEST_RUN_NS 1000000

static __always_inline u64 sonde_runs_to_next(u64 now)
{
	return 32 + (now & 63);
}

static __always_inline void sonde_add_time(struct sonde_counters *counters_here, u64 since)
{
	u64 elapsed = bpf_ktime_get_ns() - since;

	if (elapsed > SONDE_LONGEST_RUN_NS)
		elapsed = SONDE_LONGEST_RUN_NS;
	__sync_fetch_and_add(&counters_here->timed_ns, elapsed);
}

/* After `fired` was counted. */
static __always_inline void sonde_timer_start(struct sonde_counters *counters_here)
{
	u64 fired = counters_here->fired, now;

	if (fired < counters_here->next_timed)
		return;
	now = bpf_ktime_get_ns();
	counters_here->next_timed = fired + sonde_runs_to_next(now);
	counters_here->timed_since = now;
}

/* The last thing that a run does, wherever it ends. */
static __always_inline void sonde_timer_stop(struct sonde_counters *counters_here)
{
	u64 since;

	if (!counters_here)
		return;
	since = *(volatile u64 *)&counters_here->timed_since;
	if (!since)
		return;
	counters_here->timed_since = 0;
	sonde_add_time(counters_here, since);
	sonde_count(counters_here->timed_runs);
}

/*
 * Programs that run before, for each hit one: as many of them are measured as of the runs, at moments of their own, and
 * their time is added to that of the runs. So the average is that of both together.
 */
static __always_inline u64 sonde_start_timer_start(struct sonde_counters *counters_here)
{
	u64 starts, now;

	sonde_count(counters_here->starts);
	starts = counters_here->starts;
	if (starts < counters_here->next_timed_start)
		return 0;
	now = bpf_ktime_get_ns();
	counters_here->next_timed_start = starts + sonde_runs_to_next(now);
	return now;
}

/* `since` is what the other one gave. */
static __always_inline void sonde_start_timer_stop(struct sonde_counters *counters_here, u64 since)
{
	if (since)
		sonde_add_time(counters_here, since);
}

/* Starts run where nothing of the probe may have happened: their time is part of what the probe costs. */
#define SONDE_TIMED_START(statement)                                                               \
	({                                                                                         \
		struct sonde_counters *_counters = sonde_counters_here();                          \
		u64 _since = _counters ? sonde_start_timer_start(_counters) : 0;                   \
                                                                                                   \
		statement;                                                                         \
		if (_counters)                                                                     \
			sonde_start_timer_stop(_counters, _since);                                 \
		0;                                                                                 \
	})

#endif
