/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Where the events of a hook are put together. Each hook has its own: the kernel keeps a program from running within itself,
 * or while another task has preempted it, but not two programs. What it skips it reports as missed.
 */
#ifndef SONDE_SCRATCH_BPF_H
#define SONDE_SCRATCH_BPF_H

#define SONDE_SCRATCH_MAP(hook, event_type, levels)                                                \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                           \
		__uint(max_entries, levels);                                                       \
		__type(key, u32);                                                                  \
		__type(value, event_type);                                                         \
	} hook##_scratch SEC(".maps")

/* Of hooks that only tasks pass, or whose programs the kernel's bpf_prog_active guards: tracepoints of perf, return probes. */
#define SONDE_SCRATCH(hook, event_type)                                                            \
	SONDE_SCRATCH_MAP(hook, event_type, 1);                                                    \
	static __always_inline void *find_##hook(void)                                             \
	{                                                                                          \
		u32 zero = 0;                                                                      \
                                                                                                   \
		return bpf_map_lookup_elem(&hook##_scratch, &zero);                                \
	}                                                                                          \
	static __always_inline void release_##hook(void)                                           \
	{                                                                                          \
	}

/*
 * Of hooks on BTF tracepoints that interrupts also pass: before 6.1 (upstream 05b24ff9b2cf, "bpf: Prevent bpf program
 * recursion for raw tracepoint probes") nothing keeps their programs from running within themselves. Task, softirq, hardirq,
 * NMI: each ends before the one below goes on, so a count is enough.
 */
#define SONDE_LEVELS 4
#define SONDE_NESTED_SCRATCH(hook, event_type)                                                     \
	SONDE_SCRATCH_MAP(hook, event_type, SONDE_LEVELS);                                         \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                           \
		__uint(max_entries, 1);                                                            \
		__type(key, u32);                                                                  \
		__type(value, u32);                                                                \
	} hook##_level SEC(".maps");                                                               \
	static __always_inline void *find_##hook(void)                                             \
	{                                                                                          \
		u32 zero = 0, level;                                                               \
		u32 *taken = bpf_map_lookup_elem(&hook##_level, &zero);                            \
                                                                                                   \
		if (!taken)                                                                        \
			return NULL;                                                               \
		level = *(volatile u32 *)taken;                                                    \
		*(volatile u32 *)taken = level + 1;                                                \
		return bpf_map_lookup_elem(&hook##_scratch, &level);                               \
	}                                                                                          \
	static __always_inline void release_##hook(void)                                           \
	{                                                                                          \
		u32 zero = 0;                                                                      \
		u32 *taken = bpf_map_lookup_elem(&hook##_level, &zero);                            \
                                                                                                   \
		if (taken)                                                                         \
			*(volatile u32 *)taken -= 1;                                               \
	}

#endif
