/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which groups of cgroup v2 are below one, by id: kept true as groups are made and freed. Groups of v2 do not move, their ids
 * have 64 bits and are not used again (fs/kernfs/dir.c, __kernfs_new_node).
 *
 * cgroup_mkdir is passed before anybody can see the new group (kernel/cgroup/cgroup.c, cgroup_mkdir), so that no process is in
 * it before it is in the set. Not cgroup_rmdir but cgroup_release takes it out: sockets of a group that was removed hold it,
 * and things still happen to them. Both run with a lock held and without interrupts: nothing makes the kernel skip them.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#define MOST_MEMBERS  16384
#define MOST_RECORDED 1024

#include "descendants.bpf.h"

/* Of v1 there are more hierarchies, whose ids say nothing here. Number 0: cgrp_dfl_root is made before all others. */
static __always_inline bool is_v2(struct cgroup *group)
{
	return BPF_CORE_READ(group, root, hierarchy_id) == 0;
}

static __always_inline struct cgroup *parent_of(struct cgroup *group)
{
	return (void *)BPF_CORE_READ(group, self.parent) - bpf_core_field_offset(group->self);
}

SEC("tp_btf/cgroup_mkdir")
int on_come(u64 *ctx)
{
	struct cgroup *group = (struct cgroup *)ctx[0];

	if (is_v2(group))
		sonde_came(BPF_CORE_READ(parent_of(group), kn, id), BPF_CORE_READ(group, kn, id));
	return 0;
}

SEC("tp_btf/cgroup_release")
int on_go(u64 *ctx)
{
	struct cgroup *group = (struct cgroup *)ctx[0];

	if (is_v2(group))
		sonde_went(BPF_CORE_READ(group, kn, id));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
