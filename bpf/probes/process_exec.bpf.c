/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * process.exec: programs started, and the attempts that failed. Success is seen where the new program is in place
 * (sched_process_exec), since at the return of the call its arguments are gone; failure at the return of execve and execveat.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "tracepoint.bpf.h"

#define ARGS_BYTES 24576
/* Of a failed attempt, whose arguments are still apart: the verifier wants a size that does not depend on the place. */
#define MOST_ARGS      128
#define MOST_ARG_BYTES 4096

/* x86-64: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_EXECVEAT 322

struct process_exec_event {
	struct sonde_event _event;
	s32 ret;
	u32 args_bytes;
	struct sonde_string path;
	struct sonde_string args;
	bool path_truncated;
	bool path_unreadable;
	bool args_truncated;
	bool args_unreadable;
	u8 _padding[4];
	char _path[SONDE_TEXT(SONDE_PATH_BYTES)];
	char _args[SONDE_TEXT(ARGS_BYTES)];
};

SONDE_SCRATCH(process_exec, struct process_exec_event)
SONDE_SCRATCH(failed, struct process_exec_event)

static __always_inline void submit_exec(struct sonde_counters *counters_here, struct process_exec_event *event)
{
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, SONDE_PACK_TEXTS(event, path, args));
}

static __always_inline void set_args(struct process_exec_event *event, u64 bytes, bool truncated)
{
	event->args.offset = __builtin_offsetof(struct process_exec_event, _args);
	event->args.length = bytes;
	event->args_truncated = truncated;
}

/* The kernel has put them one behind the other, each with its NUL. */
static __always_inline void read_new_args(struct process_exec_event *event, struct mm_struct *mm)
{
	unsigned long start = BPF_CORE_READ(mm, arg_start), end = BPF_CORE_READ(mm, arg_end);
	u64 bytes = end - start;
	bool truncated = bytes > ARGS_BYTES;

	event->args_bytes = bytes;
	if (bytes > ARGS_BYTES)
		bytes = ARGS_BYTES;
	event->args_unreadable = bpf_probe_read_user(event->_args, bytes, (void *)start) != 0;
	if (event->args_unreadable)
		bytes = 0;
	set_args(event, bytes, truncated);
}

static __always_inline void handle_success(struct sonde_counters *counters_here, struct process_exec_event *event,
					   u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	struct linux_binprm *program = (struct linux_binprm *)ctx[2];

	event->ret = 0;
	event->path_unreadable = false;
	sonde_set_text(&event->path, __builtin_offsetof(struct process_exec_event, _path),
		       bpf_probe_read_kernel_str(event->_path, SONDE_PATH_BYTES + 2,
						 BPF_CORE_READ(program, filename)),
		       SONDE_PATH_BYTES, &event->path_truncated);
	read_new_args(event, BPF_CORE_READ(task, mm));
	submit_exec(counters_here, event);
}

/* From the caller's array of pointers. */
static __always_inline void read_given_args(struct process_exec_event *event, const char *const *list)
{
	const char *argument = NULL;
	u64 used = 0;
	bool truncated = false;
	int i;

	event->args_unreadable = false;
	for (i = 0; i < MOST_ARGS; i++) {
		long got;

		if (bpf_probe_read_user(&argument, sizeof(argument), &list[i]) != 0) {
			event->args_unreadable = true;
			break;
		}
		if (!argument)
			break;
		if (used > ARGS_BYTES - MOST_ARG_BYTES) {
			truncated = true;
			break;
		}
		got = bpf_probe_read_user_str(event->_args + used, MOST_ARG_BYTES, argument);
		if (got < 0) {
			event->args_unreadable = true;
			break;
		}
		/* Of an empty text older kernels (5.10, 6.1) do not count the NUL, but write it. */
		if (got == 0)
			got = 1;
		used += got;
		/* It fits exactly, or was cut. */
		truncated = truncated || got == MOST_ARG_BYTES;
	}
	if (used > ARGS_BYTES)
		used = ARGS_BYTES;
	event->args_bytes = used;
	set_args(event, used, truncated || i == MOST_ARGS);
}

static __always_inline void handle_failure(struct sonde_counters *counters_here, struct process_exec_event *event,
					   struct sonde_syscall *call)
{
	u32 first = call->number == NR_EXECVEAT;

	event->ret = call->ret;
	SONDE_READ_USER_TEXT(event, path, (const char *)(first ? call->args.value[1] : call->args.value[0]));
	read_given_args(event, (const char *const *)(first ? call->args.value[2] : call->args.value[1]));
	submit_exec(counters_here, event);
}

SONDE_TRACEPOINT(process_exec, sched_process_exec, sonde_always, SONDE_CONTEXT_ALL, sonde_own_nothing, handle_success)
SONDE_SYSCALL_BODIES(failed, handle_failure)
SONDE_SYSCALL_IF(execve, 3, sonde_failed)
SONDE_SYSCALL_IF(execveat, 5, sonde_failed)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
