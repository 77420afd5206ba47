/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What every event begins with. Structs that hold event fields are joined to the protobuf messages by field name when
 * the package is built: sonde_event to sonde.v1.Event, sonde_process to sonde.v1.Process, a probe's own struct to its
 * message. A member whose name begins with "_" stays on the node. A field on one side only fails the build.
 */
#ifndef SONDE_EVENT_BPF_H
#define SONDE_EVENT_BPF_H

#include "core_fixes.bpf.h"

/* A moment of the kernel's monotonic clock, in ns; the encoder turns it into Unix time. */
typedef u64 sonde_ktime_ns;

/* A string in the tail of its event: `offset` bytes from the start of the event, no terminator counted. */
struct sonde_string {
	u16 offset;
	u16 length;
};

struct sonde_process {
	u32 tgid;
	u32 tid;
	u32 ppid;
	u32 uid;
	u32 gid;
	u32 _padding;
	u64 cgroup_id;
	u64 start_boottime_ns;
	char comm[16];
};

/* First member of every probe's event. `probe_index` stands first: it tells the encoder which plan to use. */
struct sonde_event {
	u32 probe_index;
	u32 cpu;
	u32 _generation;
	u32 _padding;
	sonde_ktime_ns time_unix_nano;
	struct sonde_process process;
};

/* Settings of this use of the probe, written by the loader before the program is verified. */
const volatile u32 sonde_probe_index = 0;
const volatile u32 sonde_generation = 0;

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

static __always_inline void sonde_fill_process(struct sonde_process *process)
{
	u64 pid_tgid = bpf_get_current_pid_tgid();
	u64 uid_gid = bpf_get_current_uid_gid();

	process->tgid = pid_tgid >> 32;
	process->tid = pid_tgid;
	process->uid = uid_gid;
	process->gid = uid_gid >> 32;
	process->cgroup_id = bpf_get_current_cgroup_id();
	sonde_fill_task(process);
}

static __always_inline void sonde_fill_event(struct sonde_event *event)
{
	event->probe_index = sonde_probe_index;
	event->cpu = bpf_get_smp_processor_id();
	event->_generation = sonde_generation;
	event->time_unix_nano = bpf_ktime_get_ns();
	sonde_fill_process(&event->process);
}

#endif
