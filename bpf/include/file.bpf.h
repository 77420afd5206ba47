/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What stands behind a descriptor of the current process. */
#ifndef SONDE_FILE_BPF_H
#define SONDE_FILE_BPF_H

#include "core_fixes.bpf.h"

/* include/uapi/linux/stat.h */
#define S_IFMT	0170000
#define S_IFDIR 0040000
#define S_IFBLK 0060000
#define S_IFREG 0100000

static __always_inline struct fdtable *sonde_descriptors(void)
{
	if (sonde_has_typed_task())
		return bpf_get_current_task_btf()->files->fdt;
	return BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), files, fdt);
}

/* NULL: the descriptor is not open. Nothing keeps the file from being closed, so it is for reading with care. */
static __always_inline struct file *sonde_file_of(u32 fd)
{
	struct fdtable *table = sonde_descriptors();
	struct file **files = BPF_CORE_READ(table, fd);
	struct file *file = NULL;

	if (fd < BPF_CORE_READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), &files[fd]);
	return file;
}

/* Its inode, if that is of a kind that stores: a regular file, a directory or a block device. Those of eventfd and its like
 * have no kind. */
static __always_inline struct inode *sonde_stored_inode(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	u32 type = BPF_CORE_READ(inode, i_mode) & S_IFMT;

	return type == S_IFREG || type == S_IFDIR || type == S_IFBLK ? inode : NULL;
}

/* As stat(2) gives it: the kernel's own has 12 bits of major and 20 of minor number (new_encode_dev, include/linux/kdev_t.h). */
static __always_inline u32 sonde_device(u32 device)
{
	u32 major = device >> 20, minor = device & 0xfffff;

	return (minor & 0xff) | major << 8 | (minor & ~0xffU) << 12;
}

#endif
