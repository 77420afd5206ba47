/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* file.stat: stat, lstat, fstat, fstatat and statx, failed or not. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "path.bpf.h"

/* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_STAT	 4
#define NR_FSTAT 5
#define NR_LSTAT 6
#define NR_STATX 332

enum file_stat_syscall {
	SYSCALL_STAT = 1,
	SYSCALL_LSTAT = 2,
	SYSCALL_FSTAT = 3,
	SYSCALL_FSTATAT = 4,
	SYSCALL_STATX = 5,
};

struct file_stat_event {
	struct sonde_event _event;
	enum file_stat_syscall syscall;
	s32 fd;
	s32 dirfd;
	u32 flags;
	u32 mask;
	s32 ret;
	struct sonde_string path;
	bool path_unreadable;
	bool path_truncated;
	u8 _padding[2];
	char _path[SONDE_TEXT(SONDE_PATH_BYTES)];
};

SONDE_SCRATCH(file_stat, struct file_stat_event)

/* Returns where the caller's path is; of fstat, which has none, anything. */
static __always_inline u64 fill_arguments(struct file_stat_event *event, s32 number, struct sonde_syscall_args *args)
{
	event->fd = NO_FD;
	event->dirfd = AT_FDCWD;
	event->flags = 0;
	event->mask = 0;
	switch (number) {
	case NR_STAT:
		event->syscall = SYSCALL_STAT;
		return args->value[0];
	case NR_LSTAT:
		event->syscall = SYSCALL_LSTAT;
		return args->value[0];
	case NR_FSTAT:
		event->syscall = SYSCALL_FSTAT;
		event->fd = args->value[0];
		return 0;
	case NR_STATX:
		event->syscall = SYSCALL_STATX;
		event->dirfd = args->value[0];
		event->flags = args->value[2];
		event->mask = args->value[3];
		return args->value[1];
	default:
		event->syscall = SYSCALL_FSTATAT;
		event->dirfd = args->value[0];
		event->flags = args->value[3];
		return args->value[1];
	}
}

static __always_inline void handle_stat(struct sonde_counters *counters_here, struct file_stat_event *event,
					struct sonde_syscall *call)
{
	u64 path = fill_arguments(event, call->number, &call->args);

	event->ret = call->ret;
	SONDE_READ_PATH_UNLESS(call->number == NR_FSTAT, event, path);
	SONDE_SUBMIT_PATH(counters_here, event);
}

/* The calls, and not vfs_getattr, which the kernel also calls for itself, and which has no path as the caller wrote it. */
SONDE_SYSCALL_BODIES(file_stat, handle_stat)
SONDE_SYSCALL(newstat, 2)
SONDE_SYSCALL(newlstat, 2)
SONDE_SYSCALL(newfstat, 2)
SONDE_SYSCALL(newfstatat, 4)
SONDE_SYSCALL(statx, 5)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
