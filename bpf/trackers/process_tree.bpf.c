/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which processes descend from one: a set of process ids that filters ask, kept true by forks and exits.
 * native/src/core/process_tree.h puts the processes in that were there before, from what /proc says and from the forks and
 * exits that are recorded in the meantime.
 *
 * BTF tracepoints, because both are passed the tasks themselves, and an attach takes no time.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#define MOST_PROCESSES 65536
#define MOST_RECORDED  16384 /* in the time that it takes to read /proc */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_PROCESSES);
	__type(key, u32); /* tgid */
	__type(value, u8);
} members SEC(".maps");

/* While recording: who was forked by whom outside of the set, child to parent, and who has exited. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_RECORDED);
	__type(key, u32);
	__type(value, u32);
} forks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_RECORDED);
	__type(key, u32);
	__type(value, u8);
} exits SEC(".maps");

/* Shared with user space through mmap; native/src/core/process_tree.cc mirrors it. */
struct tree_state {
	u32 recording;
	u32 lost; /* processes for which a map had no room */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct tree_state);
} state SEC(".maps");

static __always_inline struct tree_state *find_state(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&state, &zero);
}

SEC("tp_btf/sched_process_fork")
int on_fork(u64 *ctx)
{
	struct task_struct *parent = (struct task_struct *)ctx[0], *child = (struct task_struct *)ctx[1];
	struct tree_state *tree = find_state();
	u32 parent_tgid = parent->tgid, tgid = child->tgid;
	u8 there = 1;
	long error = 0;

	/* A thread of a process that is in the set, or is not. */
	if (!tree || child->pid != child->tgid)
		return 0;
	if (bpf_map_lookup_elem(&members, &parent_tgid))
		error = bpf_map_update_elem(&members, &tgid, &there, BPF_ANY);
	else if (*(volatile u32 *)&tree->recording)
		error = bpf_map_update_elem(&forks, &tgid, &parent_tgid, BPF_ANY);
	if (error)
		__sync_fetch_and_add(&tree->lost, 1);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int on_exit(u64 *ctx)
{
	struct task_struct *task = (struct task_struct *)ctx[0];
	struct tree_state *tree = find_state();
	u32 tgid = task->tgid;
	u8 there = 1;

	/* The last thread: the count has gone down before this is reached (kernel/exit.c, do_exit). */
	if (!tree || task->signal->live.counter)
		return 0;
	/* First: user space, which may put it in again from what it read before, looks here last. */
	if (*(volatile u32 *)&tree->recording && bpf_map_update_elem(&exits, &tgid, &there, BPF_ANY))
		__sync_fetch_and_add(&tree->lost, 1);
	bpf_map_delete_elem(&members, &tgid);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
