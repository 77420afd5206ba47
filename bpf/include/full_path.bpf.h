/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The absolute path of a file, as d_path() of the kernel finds it (fs/d_path.c): up the tree of names, and through mount points,
 * to the root of the current process, or, of what is not below it, to the root of all. Nothing is locked meanwhile: of a
 * directory that is renamed just then the path can be a mixture.
 *
 * For events that have `struct sonde_string full_path; bool full_path_truncated; bool full_path_deleted;` and, at their end,
 * `char _full_path[SONDE_TEXT(SONDE_PATH_BYTES)]; struct sonde_walk _walk`.
 */
#ifndef SONDE_FULL_PATH_BPF_H
#define SONDE_FULL_PATH_BPF_H

#include "text.bpf.h"

/* NAME_MAX, include/uapi/linux/limits.h */
#define SONDE_NAME_BYTES 255
/* So many names and mount points are gone up. */
#define SONDE_WALK_STEPS 128

/*
 * Where a walk is, and the path so far, at the end of the first SONDE_PATH_BYTES of `path`; what is behind is there for the
 * verifier. It is kept in memory, and not in registers, so that the verifier knows nothing of it that differs from one step to
 * the next: it then walks a step once for each, and not once for each way to it.
 */
struct sonde_walk {
	u64 dentry; /* pointers; events have none */
	u64 mount;
	u32 start;
	bool is_whole;
	u8 _padding[3];
	char path[SONDE_PATH_BYTES + SONDE_NAME_BYTES + 1];
};

static __always_inline struct mount *sonde_mount_of(struct vfsmount *mounted)
{
	return (void *)mounted - bpf_core_field_offset(struct mount, mnt);
}

static __always_inline struct path sonde_process_root(void)
{
	return BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), fs, root);
}

/* False: there is nowhere to go. */
static __always_inline bool sonde_walk_to_mount_point(struct sonde_walk *walk, struct mount *mount)
{
	struct mount *above = BPF_CORE_READ(mount, mnt_parent);

	if (above == mount)
		return false;
	walk->dentry = (u64)BPF_CORE_READ(mount, mnt_mountpoint);
	walk->mount = (u64)above;
	return true;
}

/* False: it has no room. */
static __always_inline bool sonde_walk_to_parent(struct sonde_walk *walk, struct dentry *dentry)
{
	u64 length = BPF_CORE_READ(dentry, d_name.len), start = walk->start;
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);

	if (length > SONDE_NAME_BYTES || length >= start)
		return false;
	start -= length + 1;
	/* As the verifier does not see that it is not below zero, nor remembers, on 5.10, a length that was out of registers. */
	asm volatile("" : "+r"(start), "+r"(length));
	start &= SONDE_PATH_BYTES - 1;
	length &= SONDE_NAME_BYTES;
	walk->path[start] = '/';
	bpf_probe_read_kernel(walk->path + start + 1, length, name);
	walk->start = start;
	walk->dentry = (u64)BPF_CORE_READ(dentry, d_parent);
	return true;
}

/* False: this was the last one. A function of its own: around more code the compiler lays a loop out so that its end
 * stands right before its beginning, which 5.10 and 6.1 refuse. */
static __noinline bool sonde_walk_step(struct sonde_walk *walk, struct dentry *root, struct mount *root_mount)
{
	struct dentry *dentry = (struct dentry *)walk->dentry;
	struct mount *mount = (struct mount *)walk->mount;

	if (dentry == root && mount == root_mount) {
		walk->is_whole = true;
		return false;
	}
	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		walk->is_whole = !sonde_walk_to_mount_point(walk, mount);
		return !walk->is_whole;
	}
	/* What has no path, such as a pipe; or it is not where it was mounted any more. */
	if (dentry == BPF_CORE_READ(dentry, d_parent))
		return false;
	return sonde_walk_to_parent(walk, dentry);
}

/* If the path is not whole, its beginning is missing. */
static __always_inline void sonde_walk_up(struct sonde_walk *walk, struct path path)
{
	struct path root = sonde_process_root();
	struct mount *root_mount = sonde_mount_of(root.mnt);

	walk->dentry = (u64)path.dentry;
	walk->mount = (u64)sonde_mount_of(path.mnt);
	walk->start = SONDE_PATH_BYTES;
	walk->is_whole = false;
	for (int i = 0; i < SONDE_WALK_STEPS; i++)
		if (!sonde_walk_step(walk, root.dentry, root_mount))
			break;
	if (walk->is_whole && walk->start == SONDE_PATH_BYTES) {
		walk->start = SONDE_PATH_BYTES - 1;
		walk->path[SONDE_PATH_BYTES - 1] = '/';
	}
}

/* Removed from its directory; one that never had a name is too. */
static __always_inline bool sonde_is_deleted(struct dentry *dentry)
{
	return !BPF_CORE_READ(dentry, d_hash.pprev) && BPF_CORE_READ(dentry, d_parent) != dentry;
}

#define SONDE_NO_FULL_PATH(event)                                                                  \
	({                                                                                         \
		(event)->full_path.offset = __builtin_offsetof(typeof(*(event)), _full_path);      \
		(event)->full_path.length = 0;                                                     \
		(event)->full_path_truncated = false;                                              \
		(event)->full_path_deleted = false;                                                \
	})

#define SONDE_FULL_PATH(event, of)                                                                 \
	({                                                                                         \
		struct path _path = BPF_CORE_READ(of, f_path);                                     \
		u32 _length;                                                                       \
                                                                                                   \
		sonde_walk_up(&(event)->_walk, _path);                                             \
		_length = SONDE_PATH_BYTES - (event)->_walk.start;                                 \
		if (_length > SONDE_PATH_BYTES)                                                    \
			_length = 0;                                                               \
		bpf_probe_read_kernel((event)->_full_path, _length,                                \
				      (event)->_walk.path + SONDE_PATH_BYTES - _length);           \
		(event)->full_path.offset = __builtin_offsetof(typeof(*(event)), _full_path);      \
		(event)->full_path.length = _length;                                               \
		(event)->full_path_truncated = _length > 0 && !(event)->_walk.is_whole;            \
		(event)->full_path_deleted = sonde_is_deleted(_path.dentry);                       \
	})

#endif
