/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Stacks of an event: a `struct sonde_kernel_stack name` or `struct sonde_user_stack name` says where the addresses are,
 * `char _name[SONDE_TEXT(SONDE_STACK_BYTES)]` has room for them, like a text. They travel in the record, and the reader gives each
 * different one a number: a map of stacks in the kernel would have to be read by bpf(2) while the trace runs, for which the kernel
 * skips programs, and forgets a stack when another one comes into its place.
 */
#ifndef SONDE_STACK_BPF_H
#define SONDE_STACK_BPF_H

#include "text.bpf.h"

#define SONDE_STACK_FRAMES 64
#define SONDE_STACK_BYTES  (SONDE_STACK_FRAMES * 8)

struct sonde_kernel_stack {
	u16 offset;
	u16 length;
};

struct sonde_user_stack {
	u16 offset;
	u16 length;
};

/* Of the current task, innermost first. Gives the bytes used, 0 if there is none. */
static __always_inline u32 sonde_get_stack(void *ctx, void *addresses, u64 flags)
{
	long got = bpf_get_stack(ctx, addresses, SONDE_STACK_BYTES, flags);

	return got > 0 ? got : 0;
}

#endif
