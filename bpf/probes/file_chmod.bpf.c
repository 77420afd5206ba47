/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* file.chmod: chmod, fchmod, fchmodat and fchmodat2, failed or not. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "path.bpf.h"

/* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_CHMOD     90
#define NR_FCHMOD    91
#define NR_FCHMODAT2 452

enum file_chmod_syscall {
	SYSCALL_CHMOD = 1,
	SYSCALL_FCHMOD = 2,
	SYSCALL_FCHMODAT = 3,
	SYSCALL_FCHMODAT2 = 4,
};

struct file_chmod_event {
	struct sonde_event _event;
	enum file_chmod_syscall syscall;
	s32 fd;
	s32 dirfd;
	u32 mode;
	u32 flags;
	s32 ret;
	struct sonde_string path;
	bool path_unreadable;
	bool path_truncated;
	u8 _padding[2];
	char _path[SONDE_TEXT(SONDE_PATH_BYTES)];
};

SONDE_SCRATCH(file_chmod, struct file_chmod_event)

/* Returns where the caller's path is; of fchmod, which has none, anything. */
static __always_inline u64 fill_arguments(struct file_chmod_event *event, s32 number, struct sonde_syscall_args *args)
{
	event->fd = NO_FD;
	event->dirfd = AT_FDCWD;
	event->flags = 0;
	switch (number) {
	case NR_CHMOD:
		event->syscall = SYSCALL_CHMOD;
		event->mode = args->value[1];
		return args->value[0];
	case NR_FCHMOD:
		event->syscall = SYSCALL_FCHMOD;
		event->fd = args->value[0];
		event->mode = args->value[1];
		return 0;
	case NR_FCHMODAT2:
		event->syscall = SYSCALL_FCHMODAT2;
		event->flags = args->value[3];
		break;
	default:
		event->syscall = SYSCALL_FCHMODAT;
	}
	event->dirfd = args->value[0];
	event->mode = args->value[2];
	return args->value[1];
}

static __always_inline void handle_chmod(struct sonde_counters *counters_here, struct file_chmod_event *event,
					 struct sonde_syscall *call)
{
	u64 path = fill_arguments(event, call->number, &call->args);

	event->ret = call->ret;
	SONDE_READ_PATH_UNLESS(call->number == NR_FCHMOD, event, path);
	SONDE_SUBMIT_PATH(counters_here, event);
}

/* The calls, and not notify_change: that has no path as the caller wrote it, and is not reached by those that fail early. */
SONDE_SYSCALL_BODIES(file_chmod, handle_chmod)
SONDE_SYSCALL(chmod, 2)
SONDE_SYSCALL(fchmod, 2)
SONDE_SYSCALL(fchmodat, 3)
SONDE_SYSCALL(fchmodat2, 4)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
