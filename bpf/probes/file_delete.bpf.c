/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* file.delete: unlink, unlinkat and rmdir, failed or not. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "path.bpf.h"
#include "lifetime.bpf.h"

/* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_RMDIR  84
#define NR_UNLINK 87

enum file_delete_syscall {
	SYSCALL_UNLINK = 1,
	SYSCALL_UNLINKAT = 2,
	SYSCALL_RMDIR = 3,
};

struct file_delete_event {
	struct sonde_event _event;
	enum file_delete_syscall syscall;
	s32 dirfd;
	u32 flags;
	s32 ret;
	u64 lifetime_ns;
	struct sonde_string path;
	bool path_unreadable;
	bool path_truncated;
	bool lifetime_known;
	u8 _padding[1];
	char _path[SONDE_TEXT(SONDE_PATH_BYTES)];
};

SONDE_SCRATCH(file_delete, struct file_delete_event)

/* Returns where the caller's path is. */
static __always_inline u64 fill_arguments(struct file_delete_event *event, s32 number, struct sonde_syscall_args *args)
{
	if (number == NR_UNLINK || number == NR_RMDIR) {
		event->syscall = number == NR_UNLINK ? SYSCALL_UNLINK : SYSCALL_RMDIR;
		event->dirfd = AT_FDCWD;
		event->flags = 0;
		return args->value[0];
	}
	event->syscall = SYSCALL_UNLINKAT;
	event->dirfd = args->value[0];
	event->flags = args->value[2];
	return args->value[1];
}

static __always_inline void handle_delete(struct sonde_counters *counters_here, struct file_delete_event *event,
					  struct sonde_syscall *call)
{
	u64 path = fill_arguments(event, call->number, &call->args);

	event->ret = call->ret;
	event->lifetime_known = sonde_take_lifetime(call->ret == 0, &event->lifetime_ns);
	SONDE_READ_USER_TEXT(event, path, (const char *)path);
	SONDE_SUBMIT_PATH(counters_here, event);
}

/* The calls, and not vfs_unlink: that has no path as the caller wrote it, and is not reached by those that fail early. */
SONDE_SYSCALL_BODIES(file_delete, handle_delete)
SONDE_SYSCALL(unlink, 1)
SONDE_SYSCALL(unlinkat, 3)
SONDE_SYSCALL(rmdir, 1)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
