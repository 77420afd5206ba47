/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * memory.allocation: large blocks that programs ask libc for. The size is looked at before anything else, where the function
 * begins: most calls are for some bytes. mmap is not among the functions, since malloc calls it for large blocks.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "user.bpf.h"

#define LIBC "libc.so.6"

#define DEFAULT_MIN_BYTES (1024 * 1024)

const volatile u64 option_min_bytes = 0; /* 0: the default */

enum memory_allocation_symbol {
	SYMBOL_MALLOC = 1,
	SYMBOL_CALLOC = 2,
	SYMBOL_REALLOC = 3,
	SYMBOL_POSIX_MEMALIGN = 4,
	SYMBOL_ALIGNED_ALLOC = 5,
};

struct memory_allocation_event {
	struct sonde_event _event;
	u64 requested_bytes;
	u64 alignment;
	u64 address;
	u64 previous_address;
	enum memory_allocation_symbol symbol;
	u8 _padding[4];
};

SONDE_TASK_SCRATCH(memory_allocation, struct memory_allocation_event)

/*
 * What calloc is asked for; 2^64 - 1 if it is more, which it refuses. The halves are looked at one by one: for a
 * division clang would multiply in 128 bits, which BPF has not.
 */
static __always_inline u64 product(u64 count, u64 bytes)
{
	u64 count_high = count >> 32, bytes_high = bytes >> 32, middle;

	if (count_high && bytes_high)
		return ~0ULL;
	middle = count_high * (u32)bytes + bytes_high * (u32)count;
	if (middle >> 32 || (count * bytes) >> 32 < middle)
		return ~0ULL;
	return count * bytes;
}

static __always_inline u64 requested_by(u32 symbol, u64 first, u64 second, u64 third)
{
	switch (symbol) {
	case SYMBOL_MALLOC: return first;
	case SYMBOL_CALLOC: return product(first, second);
	case SYMBOL_POSIX_MEMALIGN: return third;
	default: return second;
	}
}

/* Returns cannot tell calls that are too small from those that found no room, so these are counted here. */
static __always_inline void begin_allocation(struct pt_regs *ctx, struct sonde_counters *counters_here, u32 symbol)
{
	u64 least = option_min_bytes ? option_min_bytes : DEFAULT_MIN_BYTES;

	if (requested_by(symbol, PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), PT_REGS_PARM3(ctx)) < least)
		return;
	if (sonde_begin_user_call(ctx, symbol))
		return;
	sonde_count(counters_here->fired);
	sonde_count(counters_here->start_lost);
}

static __always_inline u64 alignment_of(const struct sonde_user_call *call)
{
	if (call->function == SYMBOL_POSIX_MEMALIGN)
		return call->args[1];
	return call->function == SYMBOL_ALIGNED_ALLOC ? call->args[0] : 0;
}

static __always_inline void handle_allocation(struct sonde_counters *counters_here, struct memory_allocation_event *event,
					      const struct sonde_user_call *call, u64 ret)
{
	event->symbol = call->function;
	event->requested_bytes = requested_by(call->function, call->args[0], call->args[1], call->args[2]);
	event->alignment = alignment_of(call);
	event->previous_address = call->function == SYMBOL_REALLOC ? call->args[0] : 0;
	event->address = ret;
	/* Its result is an errno. */
	if (call->function == SYMBOL_POSIX_MEMALIGN &&
	    ((u32)ret || bpf_probe_read_user(&event->address, sizeof(event->address), (void *)call->args[0]) != 0))
		event->address = 0;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_USER_BODY(memory_allocation, handle_allocation)

#define ALLOCATION(function, symbol) SONDE_USER_PROGRAMS(function, LIBC, function, symbol, begin_allocation, false)

ALLOCATION(malloc, SYMBOL_MALLOC)
ALLOCATION(calloc, SYMBOL_CALLOC)
ALLOCATION(realloc, SYMBOL_REALLOC)
ALLOCATION(posix_memalign, SYMBOL_POSIX_MEMALIGN)
ALLOCATION(aligned_alloc, SYMBOL_ALIGNED_ALLOC)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
