/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What every event begins with. Structs that hold event fields are joined to the protobuf messages by field name when
 * the package is built: sonde_event to sonde.v1.Event, sonde_process to sonde.v1.Process, a probe's own struct to its
 * message. A member whose name begins with "_" stays on the node. A field on one side only fails the build.
 */
#ifndef SONDE_EVENT_BPF_H
#define SONDE_EVENT_BPF_H

#include "core_fixes.bpf.h"

/* Of x86-64. */
#define SONDE_PAGE_BYTES 4096

/* A moment of the kernel's monotonic clock, in ns; the encoder turns it into Unix time. */
typedef u64 sonde_ktime_ns;

/* A string in the tail of its event: `offset` bytes from the start of the event, no terminator counted. */
struct sonde_string {
	u16 offset;
	u16 length;
};

/*
 * A number of the kernel's own `enum NAME`, which differs between kernels: a member of the type `sonde_name_of_NAME` becomes a
 * string, the running kernel's name for it, without the words that all of them begin with. 0 becomes an empty one.
 */
#define SONDE_NAME_OF(name) typedef u32 sonde_name_of_##name

struct sonde_process {
	u32 tgid;
	u32 tid;
	u32 ppid;
	u32 uid;
	u32 gid;
	u32 _pid_namespace; /* only where a filter asks; for the kernel it is its inode number */
	u64 cgroup_id;
	u64 start_boottime_ns;
	char comm[16];
};

/* First member of every probe's event. `probe_index` stands first: it tells the encoder which plan to use. */
struct sonde_event {
	u32 probe_index;
	u32 cpu;
	u32 _generation;
	u32 _mount_namespace; /* as _pid_namespace */
	sonde_ktime_ns time_unix_nano;
	struct sonde_process process;
};

/* Settings of this use of the probe, written by the loader before the program is verified. */
const volatile u32 sonde_probe_index = 0;
const volatile u32 sonde_generation = 0;
const volatile u32 sonde_early_context = 0; /* what the early filter reads, bits of sonde_context */
const volatile u32 sonde_late_context = 0;  /* what the late one reads beside that */

/* In the order of CONTEXT_GROUPS in service/filter/field.ts. */
enum sonde_context {
	SONDE_CONTEXT_CPU = 1 << 0,    /* cpu */
	SONDE_CONTEXT_IDS = 1 << 1,    /* tgid, tid */
	SONDE_CONTEXT_USER = 1 << 2,   /* uid, gid */
	SONDE_CONTEXT_CGROUP = 1 << 3, /* cgroup_id */
	SONDE_CONTEXT_TASK = 1 << 4,   /* ppid, start_boottime_ns, comm */
	SONDE_CONTEXT_SENT = (1 << 5) - 1,
	SONDE_CONTEXT_OWNER = SONDE_CONTEXT_SENT & ~SONDE_CONTEXT_CPU, /* all that is a process's */
	SONDE_CONTEXT_NAMESPACES = 1 << 5, /* not sent */
	SONDE_CONTEXT_ALL = (1 << 6) - 1,
};

/* With a typed pointer the fields are plain loads; through helpers they would cost five calls. */
static __always_inline void sonde_fill_task(struct sonde_process *process)
{
	if (sonde_has_typed_task()) {
		struct task_struct *task = bpf_get_current_task_btf();

		process->ppid = task->real_parent->tgid;
		/* Of the group leader: a thread's own start would not name the process. */
		process->start_boottime_ns = task->group_leader->start_boottime;
		__builtin_memcpy(process->comm, task->comm, sizeof(process->comm));
	} else {
		struct task_struct *task = (struct task_struct *)bpf_get_current_task();

		process->ppid = BPF_CORE_READ(task, real_parent, tgid);
		process->start_boottime_ns = BPF_CORE_READ(task, group_leader, start_boottime);
		bpf_get_current_comm(process->comm, sizeof(process->comm));
	}
}

static __always_inline void sonde_fill_namespaces(struct sonde_event *event, struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	unsigned int level = BPF_CORE_READ(pid, level);
	struct upid upid = {};

	bpf_core_read(&upid, sizeof(upid), &pid->numbers[level]);
	event->process._pid_namespace = BPF_CORE_READ(upid.ns, ns.inum);
	event->_mount_namespace = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
}

/* Fills parts of what all events have, a bit of sonde_context each; the verifier drops those that are not chosen. */
static __always_inline void sonde_fill_context(struct sonde_event *event, u32 parts)
{
	struct sonde_process *process = &event->process;

	if (parts & SONDE_CONTEXT_CPU)
		event->cpu = bpf_get_smp_processor_id();
	if (parts & SONDE_CONTEXT_IDS) {
		u64 pid_tgid = bpf_get_current_pid_tgid();

		process->tgid = pid_tgid >> 32;
		process->tid = pid_tgid;
	}
	if (parts & SONDE_CONTEXT_USER) {
		u64 uid_gid = bpf_get_current_uid_gid();

		process->uid = uid_gid;
		process->gid = uid_gid >> 32;
	}
	if (parts & SONDE_CONTEXT_CGROUP)
		process->cgroup_id = bpf_get_current_cgroup_id();
	if (parts & SONDE_CONTEXT_TASK)
		sonde_fill_task(process);
	if (parts & SONDE_CONTEXT_NAMESPACES)
		sonde_fill_namespaces(event, (struct task_struct *)bpf_get_current_task());
}

/* What is kept of the current process, for an event of its own that is seen where another one runs. All of it: a program that
 * keeps it stays when the filter changes, and the next one may ask for the namespaces. */
static __always_inline void sonde_own_by_current(struct sonde_event *owner)
{
	sonde_fill_context(owner, SONDE_CONTEXT_OWNER | SONDE_CONTEXT_NAMESPACES);
}

/* All of the context that is a task's, of one that is not the current one. `task` has a type. */
static __always_inline void sonde_own_task(struct sonde_event *event, struct task_struct *task)
{
	struct sonde_process *process = &event->process;

	process->tgid = task->tgid;
	process->tid = task->pid;
	process->ppid = task->real_parent->tgid;
	process->uid = task->cred->uid.val;
	process->gid = task->cred->gid.val;
	process->cgroup_id = task->cgroups->dfl_cgrp->kn->id;
	process->start_boottime_ns = task->group_leader->start_boottime;
	__builtin_memcpy(process->comm, task->comm, sizeof(process->comm));
	if ((sonde_early_context | sonde_late_context) & SONDE_CONTEXT_NAMESPACES)
		sonde_fill_namespaces(event, task);
}

/* Of an event that passed the filters: of `parts`, all but what they have asked for already. */
static __always_inline void sonde_fill_event(struct sonde_event *event, u32 parts)
{
	event->probe_index = sonde_probe_index;
	event->_generation = sonde_generation;
	event->time_unix_nano = bpf_ktime_get_ns();
	sonde_fill_context(event, SONDE_CONTEXT_SENT & parts & ~(sonde_early_context | sonde_late_context));
}

#endif
