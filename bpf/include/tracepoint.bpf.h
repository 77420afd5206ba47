/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Hooks on BTF tracepoints, and on the return of kernel functions where a kernel lacks the tracepoint: programs get the kernel's
 * own pointers, with types, and only another run of the same program makes the kernel skip one.
 */
#ifndef SONDE_TRACEPOINT_BPF_H
#define SONDE_TRACEPOINT_BPF_H

#include "entry.bpf.h"
#include "filter.bpf.h"
#include "scratch.bpf.h"
#include "submit.bpf.h"

/*
 * The programs of one hook. `wanted(ctx)` says whether the hit is one of the probe's: others are not counted.
 * `parts` are those of the context that are taken from where the kernel is now, bits of sonde_context; the others
 * `own(event, ctx)` fills, before the early filter; `own_tgid(ctx)`, with `own` in its place, gives the process alone. `handle(counters, event, ctx)` fills the probe's own fields, asks
 * sonde_complete and submits. The hook has a scratch of its name. The body has a prog array of its own: the kernel lets no other hook call it.
 */
#define SONDE_HOOK(hook, section, wanted, parts, own, handle)                                      \
	SONDE_BODIES(hook##_bodies);                                                               \
	SEC(section)                                                                               \
	int hook##_body(u64 *ctx)                                                                  \
	{                                                                                          \
		struct sonde_counters *counters_here = sonde_counters_here();                      \
		void *event = find_##hook();                                                        \
                                                                                                   \
		if (!counters_here)                                                                \
			return 0;                                                                  \
		if (!event) {                                                                      \
			sonde_count(counters_here->start_lost);                                    \
		} else {                                                                           \
			own(event, ctx);                                                           \
			if (sonde_early_match(counters_here, event, parts))                        \
				handle(counters_here, event, ctx);                                 \
		}                                                                                  \
		release_##hook();                                                                   \
		sonde_timer_stop(counters_here);                                                   \
		return 0;                                                                          \
	}                                                                                          \
	SEC(section)                                                                               \
	int hook(u64 *ctx)                                                                         \
	{                                                                                          \
		if (wanted(ctx))                                                                   \
			sonde_timer_stop(sonde_enter(ctx, &hook##_bodies, own##_tgid));            \
		return 0;                                                                          \
	}

#define SONDE_TRACEPOINT(hook, tracepoint, wanted, parts, own, handle)                             \
	SONDE_HOOK(hook, "tp_btf/" #tracepoint, wanted, parts, own, handle)

/* `ctx` has the arguments of the function, and behind them what it returned. */
#define SONDE_FUNCTION_RETURN(hook, function, wanted, parts, own, handle)                          \
	SONDE_HOOK(hook, "fexit/" #function, wanted, parts, own, handle)

/* Of hooks whose hits are all the probe's. */
static __always_inline bool sonde_always(__attribute__((unused)) u64 *ctx)
{
	return true;
}

/* Of hooks that are passed by the task whose event it is. */
static __always_inline void sonde_own_nothing(__attribute__((unused)) void *event, __attribute__((unused)) u64 *ctx) {}
#define sonde_own_nothing_tgid sonde_current_tgid

#endif
