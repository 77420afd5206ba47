/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* file.open: open, openat, openat2 and creat, failed or not. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "path.bpf.h"

/* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_OPEN	   2
#define NR_CREAT   85
#define NR_OPENAT2 437

/* include/uapi/asm-generic/fcntl.h */
#define O_WRONLY 01
#define O_CREAT	 0100
#define O_TRUNC	 01000

enum file_open_syscall {
	SYSCALL_OPEN = 1,
	SYSCALL_OPENAT = 2,
	SYSCALL_OPENAT2 = 3,
	SYSCALL_CREAT = 4,
};

struct file_open_event {
	struct sonde_event _event;
	enum file_open_syscall syscall;
	s32 dirfd;
	u32 flags;
	u32 mode;
	u32 resolve;
	s32 ret;
	struct sonde_string path;
	bool path_unreadable;
	bool path_truncated;
	bool how_unreadable;
	u8 _padding;
	char _path[SONDE_TEXT(SONDE_PATH_BYTES)];
};

SONDE_SCRATCH(file_open, struct file_open_event)

static __always_inline void fill_openat2(struct file_open_event *event, struct sonde_syscall_args *args)
{
	struct open_how how = {};

	event->syscall = SYSCALL_OPENAT2;
	event->how_unreadable = args->value[3] < sizeof(how) ||
				bpf_probe_read_user(&how, sizeof(how), (void *)args->value[2]) != 0;
	if (event->how_unreadable)
		__builtin_memset(&how, 0, sizeof(how));
	event->flags = how.flags;
	event->mode = how.mode;
	event->resolve = how.resolve;
}

/* Returns where the caller's path is. */
static __always_inline const char *fill_arguments(struct file_open_event *event, s32 syscall_nr,
						  struct sonde_syscall_args *args)
{
	event->dirfd = AT_FDCWD;
	event->resolve = 0;
	event->how_unreadable = false;
	switch (syscall_nr) {
	case NR_OPEN:
		event->syscall = SYSCALL_OPEN;
		event->flags = args->value[1];
		event->mode = args->value[2];
		return (const char *)args->value[0];
	case NR_CREAT:
		event->syscall = SYSCALL_CREAT;
		event->flags = O_CREAT | O_WRONLY | O_TRUNC;
		event->mode = args->value[1];
		return (const char *)args->value[0];
	case NR_OPENAT2:
		event->dirfd = args->value[0];
		fill_openat2(event, args);
		return (const char *)args->value[1];
	default:
		event->syscall = SYSCALL_OPENAT;
		event->dirfd = args->value[0];
		event->flags = args->value[2];
		event->mode = args->value[3];
		return (const char *)args->value[1];
	}
}

static __always_inline void handle_open(struct sonde_counters *counters_here, struct file_open_event *event,
					struct sonde_syscall *call)
{
	event->ret = call->ret;
	SONDE_READ_USER_TEXT(event, path, fill_arguments(event, call->number, &call->args));
	SONDE_SUBMIT_PATH(counters_here, event);
}

SONDE_SYSCALL_BODIES(file_open, handle_open)
SONDE_SYSCALL(open, 3)
SONDE_SYSCALL(openat, 4)
SONDE_SYSCALL(openat2, 4)
SONDE_SYSCALL(creat, 2)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
