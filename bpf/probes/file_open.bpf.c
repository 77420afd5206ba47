/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* file.open: open, openat, openat2 and creat, failed or not. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "path.bpf.h"
#include "io_uring_open.bpf.h"
#include "file.bpf.h"
#include "full_path.bpf.h"

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
	bool io_uring;
	bool fixed_file;
	bool full_path_truncated;
	bool full_path_deleted;
	u8 _padding[1];
	struct sonde_string full_path;
	char _path[SONDE_TEXT(SONDE_PATH_BYTES)];
	char _full_path[SONDE_TEXT(SONDE_PATH_BYTES)];
	struct sonde_walk _walk;
};

const volatile bool option_full_path = false;

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
	event->io_uring = false;
	event->fixed_file = false;
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

/* In a process that has the descriptor. */
static __always_inline void fill_full_path(struct file_open_event *event)
{
	struct file *file = option_full_path && event->ret >= 0 ? sonde_file_of(event->ret) : NULL;

	if (file)
		SONDE_FULL_PATH(event, file);
	else
		SONDE_NO_FULL_PATH(event);
}

static __always_inline void submit_open(struct sonde_counters *counters_here, struct file_open_event *event, u32 parts)
{
	if (sonde_complete(counters_here, event, parts))
		sonde_submit(counters_here, event, SONDE_PACK_TEXTS(event, path, full_path));
}

static __always_inline void handle_open(struct sonde_counters *counters_here, struct file_open_event *event,
					struct sonde_syscall *call)
{
	event->ret = call->ret;
	SONDE_READ_USER_TEXT(event, path, fill_arguments(event, call->number, &call->args));
	fill_full_path(event);
	submit_open(counters_here, event, SONDE_CONTEXT_ALL);
}

SONDE_SYSCALL_BODIES(file_open, handle_open)
SONDE_SYSCALL(open, 3)
SONDE_SYSCALL(openat, 4)
SONDE_SYSCALL(openat2, 4)
SONDE_SYSCALL(creat, 2)

static __always_inline void fill_uring_open(struct file_open_event *event, struct uring_open *open, s32 ret)
{
	u64 length = open->path.length;

	event->syscall = open->is_openat2 ? SYSCALL_OPENAT2 : SYSCALL_OPENAT;
	event->dirfd = open->dirfd;
	event->flags = open->flags;
	event->mode = open->mode;
	event->resolve = open->resolve;
	event->ret = ret;
	event->how_unreadable = false;
	event->io_uring = true;
	event->fixed_file = open->fixed_file;
	event->path_unreadable = open->path_unreadable;
	event->path_truncated = open->path_truncated;
	if (length > SONDE_PATH_BYTES)
		length = SONDE_PATH_BYTES;
	bpf_probe_read_kernel(event->_path, length, open->_path);
	event->path.offset = __builtin_offsetof(struct file_open_event, _path);
	event->path.length = length;
}

SONDE_BODIES(uring_bodies);
SONDE_SCRATCH(uring, struct file_open_event)

static __always_inline u32 uring_open_tgid(void *ctx)
{
	struct uring_open *open = sonde_uring_open_of(((u64 *)ctx)[1]);

	return open ? open->_event.process.tgid : 0;
}

/* The completion is posted where the kernel happens to be: the process is the one that asked. */
SEC("tp_btf/io_uring_complete")
int uring_body(u64 *ctx)
{
	struct sonde_counters *counters_here = sonde_counters_here();
	struct uring_open *open = sonde_uring_open_of(ctx[1]);
	struct file_open_event *event = find_uring();

	if (!counters_here)
		return 0;
	if (!event || !open) {
		sonde_count(counters_here->start_lost);
	} else {
		event->_event = open->_event;
		if (sonde_early_match(counters_here, event, SONDE_CONTEXT_CPU)) {
			struct io_kiocb *request = (struct io_kiocb *)ctx[1];

			fill_uring_open(event, open, BPF_CORE_READ(request, cqe.res));
			if (event->fixed_file || sonde_current_tgid(ctx) != event->_event.process.tgid)
				SONDE_NO_FULL_PATH(event);
			else
				fill_full_path(event);
			submit_open(counters_here, event, SONDE_CONTEXT_CPU);
		}
	}
	sonde_forget_uring_open(ctx[1]);
	release_uring();
	sonde_timer_stop(counters_here);
	return 0;
}

SEC("tp_btf/io_uring_complete")
int uring(u64 *ctx)
{
	struct io_kiocb *request = (struct io_kiocb *)ctx[1];
	struct sonde_counters *counters_here;

	/* Also one whose start was lost. Some completions are of no request. */
	if (!request || !sonde_is_uring_open(BPF_CORE_READ(request, opcode)))
		return 0;
	counters_here = sonde_enter(ctx, &uring_bodies, uring_open_tgid);
	sonde_forget_uring_open(ctx[1]);
	sonde_timer_stop(counters_here);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
