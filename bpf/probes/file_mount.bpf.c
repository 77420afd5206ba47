/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * file.mount: mount and move_mount, failed or not. Newer mount(8) makes a mount with fsopen, fsconfig and fsmount, where nobody
 * can see it yet, and brings it to its place with move_mount.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "path.bpf.h"

/* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_MOUNT 165

#define FS_TYPE_BYTES 64

enum file_mount_syscall {
	SYSCALL_MOUNT = 1,
	SYSCALL_MOVE_MOUNT = 2,
};

struct file_mount_event {
	struct sonde_event _event;
	enum file_mount_syscall syscall;
	s32 source_dirfd;
	s32 target_dirfd;
	u32 flags;
	s32 ret;
	struct sonde_string source;
	struct sonde_string target;
	bool source_unreadable;
	bool source_truncated;
	bool target_unreadable;
	bool target_truncated;
	char fs_type[FS_TYPE_BYTES];
	char _source[SONDE_TEXT(SONDE_PATH_BYTES)];
	char _target[SONDE_TEXT(SONDE_PATH_BYTES)];
};

SONDE_SCRATCH(file_mount, struct file_mount_event)

/* Not all kinds of mounting need a source and a type: a null pointer stands for none. */
static __always_inline void fill_mount(struct file_mount_event *event, const u64 *args)
{
	event->syscall = SYSCALL_MOUNT;
	event->source_dirfd = AT_FDCWD;
	event->target_dirfd = AT_FDCWD;
	event->flags = args[3];
	SONDE_READ_USER_TEXT(event, source, (const char *)args[0]);
	if (!args[0])
		event->source_unreadable = false;
	SONDE_READ_USER_TEXT(event, target, (const char *)args[1]);
	if (bpf_probe_read_user_str(event->fs_type, FS_TYPE_BYTES, (const char *)args[2]) < 0)
		event->fs_type[0] = '\0';
}

static __always_inline void fill_move_mount(struct file_mount_event *event, const u64 *args)
{
	event->syscall = SYSCALL_MOVE_MOUNT;
	event->source_dirfd = args[0];
	event->target_dirfd = args[2];
	event->flags = args[4];
	SONDE_READ_USER_TEXT(event, source, (const char *)args[1]);
	SONDE_READ_USER_TEXT(event, target, (const char *)args[3]);
	event->fs_type[0] = '\0';
}

static __always_inline void handle_mount(struct sonde_counters *counters_here, struct file_mount_event *event,
					 struct sonde_syscall *call)
{
	event->ret = call->ret;
	if (call->number == NR_MOUNT)
		fill_mount(event, call->args.value);
	else
		fill_move_mount(event, call->args.value);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, SONDE_PACK_TEXTS(event, source, target));
}

/* The calls, and not path_mount and do_move_mount, which have no paths as the caller wrote them. */
SONDE_SYSCALL_BODIES(file_mount, handle_mount)
SONDE_SYSCALL(mount, 5)
SONDE_SYSCALL(move_mount, 5)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
