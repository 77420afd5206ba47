/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Hooks on what perf counts: native/src/core/perf_events.cc knows the names, and attaches a program on each CPU. It runs without
 * preemption in the task that is counted.
 */
#ifndef SONDE_PERF_EVENT_BPF_H
#define SONDE_PERF_EVENT_BPF_H

#include "entry.bpf.h"
#include "filter.bpf.h"
#include "scratch.bpf.h"
#include "submit.bpf.h"

/* The programs of one hook, which has a scratch of its name. `handle(counters, event, ctx)` as in tracepoint.bpf.h. */
#define SONDE_PERF_EVENT(hook, counted, handle)                                                    \
	SONDE_BODIES(hook##_bodies);                                                               \
	SEC("perf_event/" counted)                                                                 \
	int hook##_body(struct bpf_perf_event_data *ctx)                                           \
	{                                                                                          \
		struct sonde_counters *counters_here = sonde_counters_here();                      \
		void *event = find_##hook();                                                       \
                                                                                                   \
		if (!counters_here)                                                                \
			return 0;                                                                  \
		if (!event)                                                                        \
			sonde_count(counters_here->start_lost);                                    \
		else if (sonde_early_match(counters_here, event, SONDE_CONTEXT_ALL))               \
			handle(counters_here, event, ctx);                                         \
		release_##hook();                                                                  \
		sonde_timer_stop(counters_here);                                                   \
		return 0;                                                                          \
	}                                                                                          \
	SEC("perf_event/" counted)                                                                 \
	int hook(struct bpf_perf_event_data *ctx)                                                  \
	{                                                                                          \
		sonde_timer_stop(sonde_enter(ctx, &hook##_bodies, sonde_current_tgid));            \
		return 0;                                                                          \
	}

#endif
