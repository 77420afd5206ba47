/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Where the events of a probe are put together: on each CPU one place, or one for each level of nesting. */
#ifndef SONDE_SCRATCH_BPF_H
#define SONDE_SCRATCH_BPF_H

/* Of programs that never nest on a CPU: guarded by bpf_prog_active, as those on tracepoints of perf and return probes are,
 * or at hooks that only a task passes. Others are skipped by the kernel, and reported as missed. */
#define SONDE_SCRATCH(event_type)                                                                  \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                           \
		__uint(max_entries, 1);                                                            \
		__type(key, u32);                                                                  \
		__type(value, event_type);                                                         \
	} scratch SEC(".maps");                                                                    \
	static __always_inline void *find_event(void)                                              \
	{                                                                                          \
		u32 zero = 0;                                                                      \
                                                                                                   \
		return bpf_map_lookup_elem(&scratch, &zero);                                       \
	}                                                                                          \
	static __always_inline void release_event(void)                    \
	{                                                                                          \
	}

/*
 * Of programs that can run within others of the probe, up to `levels` deep. On BTF tracepoints that interrupts also pass it
 * is four (task, softirq, hardirq, NMI): before 6.1 (upstream 05b24ff9b2cf, "bpf: Prevent bpf program recursion for raw
 * tracepoint probes") nothing keeps them from running within themselves. Each level ends before the one below goes on, so a
 * count is enough. What finds no level is counted as start_lost.
 */
#define SONDE_ALL_LEVELS 4
#define SONDE_NESTED_SCRATCH(event_type, levels)                                                   \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                           \
		__uint(max_entries, levels);                                                       \
		__type(key, u32);                                                                  \
		__type(value, event_type);                                                         \
	} scratch SEC(".maps");                                                                    \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                           \
		__uint(max_entries, 1);                                                            \
		__type(key, u32);                                                                  \
		__type(value, u32);                                                                \
	} scratch_level SEC(".maps");                                                              \
	static __always_inline void *find_event(void)                                              \
	{                                                                                          \
		u32 zero = 0, level;                                                               \
		u32 *taken = bpf_map_lookup_elem(&scratch_level, &zero);                           \
                                                                                                   \
		if (!taken)                                                                        \
			return NULL;                                                               \
		level = *(volatile u32 *)taken;                                                    \
		*(volatile u32 *)taken = level + 1;                                                \
		return bpf_map_lookup_elem(&scratch, &level);                                      \
	}                                                                                          \
	static __always_inline void release_event(void)                                            \
	{                                                                                          \
		u32 zero = 0;                                                                      \
		u32 *taken = bpf_map_lookup_elem(&scratch_level, &zero);                           \
                                                                                                   \
		if (taken)                                                                         \
			*(volatile u32 *)taken -= 1;                                               \
	}

#endif
