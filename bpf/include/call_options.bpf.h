/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * System calls of all kinds, seen at raw sys_enter and sys_exit, which every call of the machine passes: the probe's option
 * `calls` says which ones are wanted.
 *
 * Not the tracepoint of each call, which cost the others nothing: programs are attached before options are known, and some 350
 * tracepoints take seconds to let go of.
 */
#ifndef SONDE_CALL_OPTIONS_BPF_H
#define SONDE_CALL_OPTIONS_BPF_H

#include "core_fixes.bpf.h"

#define SONDE_CALLS 512

/* arch/x86/include/asm/thread_info.h: the call came from 32-bit code, or by int 0x80, and has a number of i386. */
#define TS_COMPAT 0x0002

/* A bit for each number. */
const volatile u64 option_calls[SONDE_CALLS / 64] = {};

/* The number of the call plus one. */
SONDE_NAME_OF(system_call);

static __always_inline bool sonde_is_chosen_call(u64 number)
{
	return number < SONDE_CALLS && option_calls[number / 64] >> (number % 64) & 1;
}

/* Numbers of the x32 ABI have a bit that is none of ours. */
static __always_inline bool sonde_is_compat_call(void)
{
	if (sonde_has_typed_task())
		return bpf_get_current_task_btf()->thread_info.status & TS_COMPAT;
	return BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), thread_info.status) & TS_COMPAT;
}

#endif
