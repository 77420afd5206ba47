/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* signal.send: signals, by processes and by the kernel, with what became of them. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "tracepoint.bpf.h"

/* include/linux/sched/signal.h: in the place of a struct kernel_siginfo. */
#define SEND_SIG_NOINFO 0
#define SEND_SIG_PRIV	1

/* include/uapi/asm-generic/siginfo.h */
#define SI_USER	  0
#define SI_KERNEL 0x80
#define SI_TIMER  -2
#define SI_ASYNCIO -4
#define SI_SIGIO  -5

#define SIGCHLD 17 /* x86-64: arch/x86/include/uapi/asm/signal.h */

/* include/trace/events/signal.h, TRACE_SIGNAL_*, from 0. */
enum signal_send_result {
	RESULT_DELIVERED = 1,
	RESULT_IGNORED = 2,
	RESULT_ALREADY_PENDING = 3,
	RESULT_QUEUE_FULL = 4,
	RESULT_INFO_LOST = 5,
};

struct signal_send_event {
	struct sonde_event _event;
	u32 signal;
	s32 code;
	u32 target_tgid;
	u32 target_tid;
	enum signal_send_result result;
	bool to_process;
	u8 _padding[3];
	char target_comm[16];
};

/* Timers send from interrupts. */
SONDE_NESTED_SCRATCH(signal_send, struct signal_send_event)

static __always_inline s32 code_of(u64 info)
{
	if (info == SEND_SIG_NOINFO)
		return SI_USER;
	if (info == SEND_SIG_PRIV)
		return SI_KERNEL;
	return BPF_CORE_READ((struct kernel_siginfo *)info, si_code);
}

/*
 * Whether the current process has sent it. What the kernel sends of its own accord it mostly sends from an interrupt, while the
 * CPU runs whatever it runs: a timer, input from a terminal, data that has come. But its word to a parent comes from the
 * child, and what a process gets while it runs itself is its own.
 */
static __always_inline bool has_sender(u64 *ctx)
{
	struct task_struct *target = (struct task_struct *)ctx[2];
	s32 code = code_of(ctx[1]);

	if (target->tgid == bpf_get_current_pid_tgid() >> 32 || (u32)ctx[0] == SIGCHLD)
		return true;
	return code <= SI_USER && code != SI_TIMER && code != SI_ASYNCIO && code != SI_SIGIO;
}

/* What filters ask for; the rest is filled when they have let it pass. */
static __always_inline void own_sender(void *event, u64 *ctx)
{
	struct sonde_event *common = event;

	if (has_sender(ctx)) {
		sonde_fill_context(common, (sonde_early_context | sonde_late_context) & ~SONDE_CONTEXT_CPU);
	} else {
		__builtin_memset(&common->process, 0, sizeof(common->process));
		common->_mount_namespace = 0;
	}
}

static __always_inline u32 own_sender_tgid(void *ctx)
{
	return has_sender(ctx) ? sonde_current_tgid(ctx) : 0;
}

static __always_inline void handle_signal(struct sonde_counters *counters_here, struct signal_send_event *event, u64 *ctx)
{
	struct task_struct *target = (struct task_struct *)ctx[2];

	event->signal = ctx[0];
	event->code = code_of(ctx[1]);
	event->target_tgid = target->tgid;
	event->target_tid = target->pid;
	event->to_process = (u32)ctx[3] != 0;
	event->result = (u32)ctx[4] + 1;
	__builtin_memcpy(event->target_comm, target->comm, sizeof(event->target_comm));
	if (!sonde_complete(counters_here, event, SONDE_CONTEXT_CPU))
		return;
	if (has_sender(ctx))
		sonde_fill_context(&event->_event, SONDE_CONTEXT_OWNER & ~(sonde_early_context | sonde_late_context));
	sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_TRACEPOINT(signal_send, signal_generate, sonde_always, SONDE_CONTEXT_CPU, own_sender, handle_signal)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
