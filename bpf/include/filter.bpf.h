/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Two placeholders that the loader overwrites in the ELF image with the instructions of a compiled filter. They return
 * 1 (match), 0 (reject) or a negative number (the expression erred). The early one decides before anything is read
 * from user memory, the late one on the filled event.
 *
 * A filter is given the event in r1 and leaves its result in r0; a placeholder keeps its own last instructions, which
 * return it (native/src/core/placeholder.h).
 *
 * The bodies are inline assembly inside an ordinary function, not `naked`, because clang 14 emits BTF for naked
 * functions that the kernel refuses. While there is no filter, the calls are dead code that the verifier removes.
 */
#ifndef SONDE_FILTER_BPF_H
#define SONDE_FILTER_BPF_H

#define SONDE_FILTER_INSTRUCTIONS "4096"

const volatile bool sonde_has_early_filter = false;
const volatile bool sonde_has_late_filter = false;

enum sonde_filter_result {
	SONDE_FILTER_REJECT = 0,
	SONDE_FILTER_MATCH = 1,
};

#define SONDE_FILTER_PLACEHOLDER(name)                                                             \
	static __noinline int name(void *event)                                                    \
	{                                                                                          \
		int result;                                                                        \
                                                                                                   \
		asm volatile(".rept " SONDE_FILTER_INSTRUCTIONS "\n%0 = 1\n.endr"                  \
			     : "=r"(result)                                                        \
			     : "r"(event)                                                          \
			     : "r1", "r2", "r3", "r4", "r5", "memory");                            \
		return result;                                                                     \
	}

SONDE_FILTER_PLACEHOLDER(filter_early)
SONDE_FILTER_PLACEHOLDER(filter_late)

/* True if the event goes on; otherwise it is counted here. */
static __always_inline bool sonde_filtered_in(struct sonde_counters *counters_here, int result)
{
	if (result == SONDE_FILTER_MATCH)
		return true;
	if (result == SONDE_FILTER_REJECT)
		sonde_count(counters_here->rejected);
	else
		sonde_count(counters_here->filter_error);
	return false;
}

/* Fills what it reads. `event` begins with a sonde_event, and is as large as the probe's. `parts`: those of the context that
 * are taken from where the kernel is now, bits of sonde_context; the others are there already. */
static __always_inline bool sonde_early_match(struct sonde_counters *counters_here, void *event, u32 parts)
{
	if (!sonde_has_early_filter)
		return true;
	sonde_fill_context(event, sonde_early_context & parts);
	return sonde_filtered_in(counters_here, filter_early(event));
}

/* The same, when the probe's own fields are filled. The rest of the context is filled afterwards: that took some 100 of
 * the 500 ns that an open cost which was rejected by its path. */
static __always_inline bool sonde_late_match(struct sonde_counters *counters_here, void *event, u32 parts)
{
	if (!sonde_has_late_filter)
		return true;
	sonde_fill_context(event, sonde_late_context & parts);
	return sonde_filtered_in(counters_here, filter_late(event));
}

#endif
