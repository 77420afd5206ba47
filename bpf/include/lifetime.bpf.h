/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * How long a file has existed when its name is removed: from the birth time that its file system keeps for it, which the
 * kernel's own inode has not, to the change time that the removal gives it. Both are the file system's own, of one clock. The
 * functions that remove names nest where one file system lies above another (overlayfs): the one that keeps the file counts.
 */
#ifndef SONDE_LIFETIME_BPF_H
#define SONDE_LIFETIME_BPF_H

#include "core_fixes.bpf.h"
#include "timer.bpf.h"

/* Beyond, lifetimes are not known. */
#define SONDE_REMOVALS_UNDER_WAY 10240

struct ext4_inode_info___birth {
	struct timespec64 i_crtime;
	struct inode vfs_inode;
} __attribute__((preserve_access_index));

struct xfs_inode___birth {
	struct timespec64 i_crtime;
	struct inode i_vnode;
} __attribute__((preserve_access_index));

struct shmem_inode_info___birth {
	struct timespec64 i_crtime;
	struct inode vfs_inode;
} __attribute__((preserve_access_index));

/* The latest removal of a thread. */
struct sonde_removal {
	struct inode *inode;
	u64 birth_ns;
	u64 lifetime_ns;
	bool is_known;
	u8 _padding[7];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SONDE_REMOVALS_UNDER_WAY);
	__type(key, u64);
	__type(value, struct sonde_removal);
} removals SEC(".maps");

static __always_inline u64 sonde_time_ns(struct timespec64 time)
{
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

/* 0: it keeps none, or is not known here. Kernels lack the types of file systems that they have not loaded. */
#define SONDE_BIRTH_IN(inode, type, member)                                                        \
	({                                                                                         \
		u64 _birth = 0;                                                                    \
                                                                                                   \
		if (bpf_core_field_exists(((struct type *)0)->i_crtime)) {                         \
			struct type *_own = (void *)(inode) - bpf_core_field_offset(struct type, member); \
                                                                                                   \
			_birth = sonde_time_ns(BPF_CORE_READ(_own, i_crtime));                     \
		}                                                                                  \
		_birth;                                                                            \
	})

/* By name, as ext2 and ext4 have one number. */
static __always_inline u64 sonde_birth_ns(struct inode *inode)
{
	char name[8] = {};

	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(inode, i_sb, s_type, name));
	if (*(u32 *)name == 0x34747865 /* "ext4" */ && !name[4])
		return SONDE_BIRTH_IN(inode, ext4_inode_info___birth, vfs_inode);
	if (*(u32 *)name == 0x00736678 /* "xfs" */)
		return SONDE_BIRTH_IN(inode, xfs_inode___birth, i_vnode);
	if (*(u32 *)name == 0x66706d74 /* "tmpf" */ && name[4] == 's' && !name[5])
		return SONDE_BIRTH_IN(inode, shmem_inode_info___birth, vfs_inode);
	return 0;
}

static __always_inline int sonde_begin_removal(struct dentry *dentry)
{
	struct sonde_removal removal = {.inode = BPF_CORE_READ(dentry, d_inode)};
	u64 thread = bpf_get_current_pid_tgid();

	removal.birth_ns = sonde_birth_ns(removal.inode);
	if (!removal.birth_ns || bpf_map_update_elem(&removals, &thread, &removal, BPF_ANY) != 0)
		bpf_map_delete_elem(&removals, &thread);
	return 0;
}

static __always_inline int sonde_end_removal(void)
{
	u64 thread = bpf_get_current_pid_tgid(), now;
	struct sonde_removal *removal = bpf_map_lookup_elem(&removals, &thread);

	if (!removal || removal->is_known)
		return 0;
	now = sonde_time_ns(sonde_change_time(removal->inode));
	removal->is_known = now >= removal->birth_ns;
	removal->lifetime_ns = removal->is_known ? now - removal->birth_ns : 0;
	return 0;
}

/* The kernel takes no pointer into the arguments that was computed: what keeps the compiler from that is between the reads. */
static __always_inline struct dentry *sonde_removed(u64 *ctx)
{
	u64 second = ctx[1];

	if (!sonde_vfs_has_idmap())
		return (struct dentry *)second;
	asm volatile("" : "+r"(second));
	return (struct dentry *)ctx[2];
}

SEC("fentry/vfs_unlink")
int start_unlink(u64 *ctx)
{
	return SONDE_TIMED_START(sonde_begin_removal(sonde_removed(ctx)));
}

SEC("fentry/vfs_rmdir")
int start_rmdir(u64 *ctx)
{
	return SONDE_TIMED_START(sonde_begin_removal(sonde_removed(ctx)));
}

SEC("fexit/vfs_unlink")
int start_unlinked(__attribute__((unused)) u64 *ctx)
{
	return SONDE_TIMED_START(sonde_end_removal());
}

SEC("fexit/vfs_rmdir")
int start_rmdired(__attribute__((unused)) u64 *ctx)
{
	return SONDE_TIMED_START(sonde_end_removal());
}

/* Of the call that returns now; forgets it. */
static __always_inline bool sonde_take_lifetime(bool has_removed, u64 *lifetime_ns)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct sonde_removal *removal = bpf_map_lookup_elem(&removals, &thread);
	bool is_known = has_removed && removal && removal->is_known;

	*lifetime_ns = is_known ? removal->lifetime_ns : 0;
	if (removal)
		bpf_map_delete_elem(&removals, &thread);
	return is_known;
}

#endif
