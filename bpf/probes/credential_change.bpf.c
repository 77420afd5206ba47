/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * credential.change: calls that change users, groups or capabilities of the calling thread, with what it has afterwards. Not
 * commit_creds(), which also runs for each started program and cannot be hooked everywhere.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"

enum credential_change_syscall {
	SYSCALL_SETUID = 105, /* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
	SYSCALL_SETGID = 106,
	SYSCALL_SETREUID = 113,
	SYSCALL_SETREGID = 114,
	SYSCALL_SETGROUPS = 116,
	SYSCALL_SETRESUID = 117,
	SYSCALL_SETRESGID = 119,
	SYSCALL_SETFSUID = 122,
	SYSCALL_SETFSGID = 123,
	SYSCALL_CAPSET = 126,
};

struct credential_change_event {
	struct sonde_event _event;
	enum credential_change_syscall syscall;
	s32 ret;
	u32 effective_uid;
	u32 saved_uid;
	u32 effective_gid;
	u32 saved_gid;
	u64 effective_capabilities;
	u64 permitted_capabilities;
};

SONDE_SCRATCH(credential_change, struct credential_change_event)

static __always_inline void handle_change(struct sonde_counters *counters_here, struct credential_change_event *event,
					  struct sonde_syscall *call)
{
	const struct cred *cred = BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), cred);

	event->syscall = call->number;
	event->ret = call->ret;
	event->effective_uid = BPF_CORE_READ(cred, euid.val);
	event->saved_uid = BPF_CORE_READ(cred, suid.val);
	event->effective_gid = BPF_CORE_READ(cred, egid.val);
	event->saved_gid = BPF_CORE_READ(cred, sgid.val);
	/* Two words of 32 bits before 6.3, one of 64 since: the same bytes. */
	bpf_core_read(&event->effective_capabilities, sizeof(u64), &cred->cap_effective);
	bpf_core_read(&event->permitted_capabilities, sizeof(u64), &cred->cap_permitted);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_SYSCALL_BODIES(credential_change, handle_change)
SONDE_SYSCALL(setuid, 1)
SONDE_SYSCALL(setgid, 1)
SONDE_SYSCALL(setreuid, 2)
SONDE_SYSCALL(setregid, 2)
SONDE_SYSCALL(setgroups, 2)
SONDE_SYSCALL(setresuid, 3)
SONDE_SYSCALL(setresgid, 3)
SONDE_SYSCALL(setfsuid, 1)
SONDE_SYSCALL(setfsgid, 1)
SONDE_SYSCALL(capset, 2)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
