/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* file.chown: chown, lchown, fchown and fchownat, failed or not. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "path.bpf.h"

/* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_CHOWN  92
#define NR_FCHOWN 93
#define NR_LCHOWN 94

enum file_chown_syscall {
	SYSCALL_CHOWN = 1,
	SYSCALL_LCHOWN = 2,
	SYSCALL_FCHOWN = 3,
	SYSCALL_FCHOWNAT = 4,
};

struct file_chown_event {
	struct sonde_event _event;
	enum file_chown_syscall syscall;
	s32 fd;
	s32 dirfd;
	u32 owner_uid;
	u32 owner_gid;
	u32 flags;
	s32 ret;
	struct sonde_string path;
	bool path_unreadable;
	bool path_truncated;
	u8 _padding[2];
	char _path[SONDE_TEXT(SONDE_PATH_BYTES)];
};

SONDE_SCRATCH(file_chown, struct file_chown_event)

/* Returns where the caller's path is; of fchown, which has none, anything. */
static __always_inline u64 fill_arguments(struct file_chown_event *event, s32 number, struct sonde_syscall_args *args)
{
	event->fd = NO_FD;
	event->dirfd = AT_FDCWD;
	event->flags = 0;
	event->owner_uid = args->value[1];
	event->owner_gid = args->value[2];
	switch (number) {
	case NR_CHOWN:
		event->syscall = SYSCALL_CHOWN;
		return args->value[0];
	case NR_LCHOWN:
		event->syscall = SYSCALL_LCHOWN;
		return args->value[0];
	case NR_FCHOWN:
		event->syscall = SYSCALL_FCHOWN;
		event->fd = args->value[0];
		return 0;
	default:
		event->syscall = SYSCALL_FCHOWNAT;
		event->dirfd = args->value[0];
		event->owner_uid = args->value[2];
		event->owner_gid = args->value[3];
		event->flags = args->value[4];
		return args->value[1];
	}
}

static __always_inline void handle_chown(struct sonde_counters *counters_here, struct file_chown_event *event,
					 struct sonde_syscall *call)
{
	u64 path = fill_arguments(event, call->number, &call->args);

	event->ret = call->ret;
	SONDE_READ_PATH_UNLESS(call->number == NR_FCHOWN, event, path);
	SONDE_SUBMIT_PATH(counters_here, event);
}

/* The calls, and not notify_change: that has no path as the caller wrote it, and is not reached by those that fail early. */
SONDE_SYSCALL_BODIES(file_chown, handle_chown)
SONDE_SYSCALL(chown, 3)
SONDE_SYSCALL(lchown, 3)
SONDE_SYSCALL(fchown, 3)
SONDE_SYSCALL(fchownat, 5)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
