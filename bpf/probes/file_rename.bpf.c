/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* file.rename: rename, renameat and renameat2, failed or not. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "path.bpf.h"

/* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_RENAME    82
#define NR_RENAMEAT2 316

enum file_rename_syscall {
	SYSCALL_RENAME = 1,
	SYSCALL_RENAMEAT = 2,
	SYSCALL_RENAMEAT2 = 3,
};

struct file_rename_event {
	struct sonde_event _event;
	enum file_rename_syscall syscall;
	s32 old_dirfd;
	s32 new_dirfd;
	u32 flags;
	s32 ret;
	struct sonde_string old_path;
	struct sonde_string new_path;
	bool old_path_unreadable;
	bool old_path_truncated;
	bool new_path_unreadable;
	bool new_path_truncated;
	char _old_path[SONDE_TEXT(SONDE_PATH_BYTES)];
	char _new_path[SONDE_TEXT(SONDE_PATH_BYTES)];
};

SONDE_SCRATCH(file_rename, struct file_rename_event)

static __always_inline void handle_rename(struct sonde_counters *counters_here, struct file_rename_event *event,
					  struct sonde_syscall *call)
{
	const u64 *args = call->args.value;

	event->ret = call->ret;
	if (call->number == NR_RENAME) {
		event->syscall = SYSCALL_RENAME;
		event->old_dirfd = AT_FDCWD;
		event->new_dirfd = AT_FDCWD;
		event->flags = 0;
		SONDE_READ_USER_TEXT(event, old_path, (const char *)args[0]);
		SONDE_READ_USER_TEXT(event, new_path, (const char *)args[1]);
	} else {
		bool has_flags = call->number == NR_RENAMEAT2;

		event->syscall = has_flags ? SYSCALL_RENAMEAT2 : SYSCALL_RENAMEAT;
		event->old_dirfd = args[0];
		event->new_dirfd = args[2];
		event->flags = has_flags ? args[4] : 0;
		SONDE_READ_USER_TEXT(event, old_path, (const char *)args[1]);
		SONDE_READ_USER_TEXT(event, new_path, (const char *)args[3]);
	}
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, SONDE_PACK_TEXTS(event, old_path, new_path));
}

/* The calls, and not vfs_rename: that has no paths as the caller wrote them, and is not reached by those that fail early. */
SONDE_SYSCALL_BODIES(file_rename, handle_rename)
SONDE_SYSCALL(rename, 2)
SONDE_SYSCALL(renameat, 4)
SONDE_SYSCALL(renameat2, 5)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
