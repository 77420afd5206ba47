/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What descends from one thing, which it is part of: a set of ids that filters ask. Programs tell of what comes and goes;
 * native/src/core/descendants.h puts in what was there before, from what it can read and from what is recorded in the meantime.
 * Before including it, a tracker says MOST_MEMBERS, and MOST_RECORDED for the time of the reading. All entries are made when
 * the maps are: on older kernels programs of some kinds, whose filters ask, take no other maps.
 */
#ifndef SONDE_DESCENDANTS_BPF_H
#define SONDE_DESCENDANTS_BPF_H

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_MEMBERS);
	__type(key, u64);
	__type(value, u8);
} members SEC(".maps");

/* While recording: who came outside of the set, child to parent, and who went. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_RECORDED);
	__type(key, u64);
	__type(value, u64);
} came SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_RECORDED);
	__type(key, u64);
	__type(value, u8);
} went SEC(".maps");

/* Shared with user space through mmap; native/src/core/descendants.h mirrors it. */
struct descendants_state {
	u32 recording;
	u32 lost; /* those for which a map had no room */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct descendants_state);
} state SEC(".maps");

static __always_inline struct descendants_state *sonde_find_state(void)
{
	u32 zero = 0;

	return bpf_map_lookup_elem(&state, &zero);
}

static __always_inline void sonde_came(u64 parent, u64 child)
{
	struct descendants_state *descendants = sonde_find_state();
	u8 there = 1;
	long error = 0;

	if (!descendants)
		return;
	if (bpf_map_lookup_elem(&members, &parent))
		error = bpf_map_update_elem(&members, &child, &there, BPF_ANY);
	else if (*(volatile u32 *)&descendants->recording)
		error = bpf_map_update_elem(&came, &child, &parent, BPF_ANY);
	if (error)
		__sync_fetch_and_add(&descendants->lost, 1);
}

static __always_inline void sonde_went(u64 id)
{
	struct descendants_state *descendants = sonde_find_state();
	u8 there = 1;

	if (!descendants)
		return;
	/* First: user space, which may put it in again from what it read before, looks here last. */
	if (*(volatile u32 *)&descendants->recording && bpf_map_update_elem(&went, &id, &there, BPF_ANY))
		__sync_fetch_and_add(&descendants->lost, 1);
	bpf_map_delete_elem(&members, &id);
}

#endif
