/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* file.unmount: umount2, failed or not; the kernel calls it umount. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "path.bpf.h"

struct file_unmount_event {
	struct sonde_event _event;
	u32 flags;
	s32 ret;
	struct sonde_string target;
	bool target_unreadable;
	bool target_truncated;
	u8 _padding[2];
	char _target[SONDE_TEXT(SONDE_PATH_BYTES)];
};

SONDE_SCRATCH(file_unmount, struct file_unmount_event)

static __always_inline void handle_unmount(struct sonde_counters *counters_here, struct file_unmount_event *event,
					   struct sonde_syscall *call)
{
	event->flags = call->args.value[1];
	event->ret = call->ret;
	SONDE_READ_USER_TEXT(event, target, (const char *)call->args.value[0]);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, SONDE_USED_BYTES(event, target));
}

/* The call, and not path_umount, which is new in 5.9 and has no path as the caller wrote it. */
SONDE_SYSCALL_BODIES(file_unmount, handle_unmount)
SONDE_SYSCALL(umount, 2)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
