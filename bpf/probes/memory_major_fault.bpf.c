/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * memory.major_fault: page faults that had to wait for a disk, or for swap. Only the kernel's own count of them, which is a
 * software event of perf, tells them from other faults, and it is made when the fault is over; what was tried, and since
 * when, is kept when a fault begins.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "perf_event.bpf.h"

#define MOST_FAULTING 32768

/* arch/x86/include/asm/trap_pf.h */
#define X86_PF_WRITE 0x2
#define X86_PF_INSTR 0x10

struct memory_major_fault_event {
	struct sonde_event _event;
	u64 address;
	u64 instruction_address;
	u64 latency_ns;
	bool write;
	bool execute;
	bool user_mode;
	u8 _padding[5];
};

SONDE_SCRATCH(memory_major_fault, struct memory_major_fault_event)

struct fault {
	u64 address;
	u64 since_ns;
	u32 error_code;
	bool user_mode;
	u8 _padding[3];
};

/* The latest fault of a thread; most are over at once, and make no event. Preallocated: faults happen anywhere. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_FAULTING);
	__type(key, u32);
	__type(value, struct fault);
} faults SEC(".maps");

static __always_inline int begin(u64 *ctx, bool user_mode)
{
	u32 thread = bpf_get_current_pid_tgid();
	struct fault fault = {.address = ctx[0], .error_code = ctx[2], .user_mode = user_mode};

	/* Of the kernel's own memory: programs reading what is not there. Nobody waits for that. */
	if ((s64)fault.address < 0)
		return 0;
	return SONDE_TIMED_START({
		fault.since_ns = bpf_ktime_get_ns();
		bpf_map_update_elem(&faults, &thread, &fault, BPF_ANY);
	});
}

SEC("tp_btf/page_fault_user")
int start_user(u64 *ctx)
{
	return begin(ctx, true);
}

/* The kernel reads or writes memory of the process, for example for write(2). */
SEC("tp_btf/page_fault_kernel")
int start_kernel(u64 *ctx)
{
	return begin(ctx, false);
}

SEC("tp_btf/sched_process_exit")
int start_exit(u64 *ctx)
{
	u32 thread = ((struct task_struct *)ctx[0])->pid;

	bpf_map_delete_elem(&faults, &thread);
	return 0;
}

static __always_inline void handle_fault(struct sonde_counters *counters_here, struct memory_major_fault_event *event,
					 struct bpf_perf_event_data *ctx)
{
	u32 thread = bpf_get_current_pid_tgid();
	struct fault *fault = bpf_map_lookup_elem(&faults, &thread);

	/* Of another address: a program's look at memory that was not there came in between. */
	if (!fault || fault->address != ctx->addr) {
		sonde_count(counters_here->start_lost);
		return;
	}
	event->address = fault->address;
	event->latency_ns = bpf_ktime_get_ns() - fault->since_ns;
	event->instruction_address = ctx->regs.ip;
	event->write = fault->error_code & X86_PF_WRITE;
	event->execute = fault->error_code & X86_PF_INSTR;
	event->user_mode = fault->user_mode;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_PERF_EVENT(memory_major_fault, "major-faults", handle_fault)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
