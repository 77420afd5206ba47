/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What limit.bpf.c and limit.c agree on. Needs __u64 and its like: vmlinux.h or linux/types.h. */
#ifndef SONDE_BENCH_LIMIT_H
#define SONDE_BENCH_LIMIT_H

#define LIMIT_RING_BYTES (8 * 1024 * 1024) /* the default of a Sonde trace */
#define LIMIT_PATH_BYTES 4096

struct limit_event {
	__u64 ktime_ns;
	__u64 cgroup_id;
	__u64 start_boottime_ns;
	__u32 cpu;
	__u32 tgid;
	__u32 tid;
	__u32 ppid;
	__u32 uid;
	__u32 gid;
	__s32 dirfd;
	__u32 flags;
	__u32 mode;
	__s32 ret;
	char comm[16];
	char path[LIMIT_PATH_BYTES]; /* only the bytes used are sent */
};

#endif
