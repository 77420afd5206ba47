/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Opens that are asked for through io_uring and so pass no system call. What is asked, and who asks, is kept by request when
 * the kernel has taken it: it has its own copy of the path by then, which it lets go of before it completes the request,
 * perhaps in another thread.
 */
#ifndef SONDE_IO_URING_OPEN_BPF_H
#define SONDE_IO_URING_OPEN_BPF_H

#include "submit.bpf.h"
#include "text.bpf.h"

/* Beyond, opens are counted as start_lost. */
#define OPENS_UNDER_WAY 8192

/* enum io_uring_op, include/uapi/linux/io_uring.h */
#define URING_OPENAT  18
#define URING_OPENAT2 28

struct uring_open {
	struct sonde_event _event; /* whose it is */
	bool is_openat2;
	bool fixed_file;
	bool path_unreadable;
	bool path_truncated;
	s32 dirfd;
	u32 flags;
	u32 mode;
	u32 resolve;
	struct sonde_string path;
	char _path[SONDE_TEXT(SONDE_PATH_BYTES)];
};

/* By address of the request. Not preallocated: few traces see one, and each has room for a whole path. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, OPENS_UNDER_WAY);
	__type(key, u64);
	__type(value, struct uring_open);
} uring_opens SEC(".maps");

SONDE_SCRATCH(taken, struct uring_open)
SONDE_SCRATCH(refused, struct uring_open)

static __always_inline struct uring_open *sonde_uring_open_of(u64 request)
{
	return bpf_map_lookup_elem(&uring_opens, &request);
}

static __always_inline void sonde_forget_uring_open(u64 request)
{
	bpf_map_delete_elem(&uring_opens, &request);
}

static __always_inline bool sonde_is_uring_open(u8 operation)
{
	return operation == URING_OPENAT || operation == URING_OPENAT2;
}

static __always_inline void sonde_count_uring_open_lost(struct sonde_counters *counters_here)
{
	sonde_count(counters_here->fired);
	sonde_count(counters_here->start_lost);
}

/* One that is there already has ended unseen, and its memory is used again: its completion did not fit into the ring, or the
 * caller wanted none. */
static __always_inline void sonde_keep_uring_open(struct sonde_counters *counters_here, u64 request,
						  struct uring_open *open)
{
	if (sonde_uring_open_of(request))
		sonde_count_uring_open_lost(counters_here);
	if (bpf_map_update_elem(&uring_opens, &request, open, BPF_ANY) != 0)
		sonde_count_uring_open_lost(counters_here);
}

/* Since 7.0 the name stands in a struct of its own; see sonde_uring_filename. */
static __always_inline void sonde_read_uring_open(struct uring_open *open, struct io_kiocb *request)
{
	/* The request begins with what belongs to its operation. */
	struct io_open *asked = (struct io_open *)request;

	sonde_own_by_current(&open->_event);
	open->is_openat2 = BPF_CORE_READ(request, opcode) == URING_OPENAT2;
	open->fixed_file = BPF_CORE_READ(asked, file_slot) != 0;
	open->dirfd = BPF_CORE_READ(asked, dfd);
	open->flags = BPF_CORE_READ(asked, how.flags);
	open->mode = BPF_CORE_READ(asked, how.mode);
	open->resolve = BPF_CORE_READ(asked, how.resolve);
	open->path_unreadable = false;
	sonde_set_text(&open->path, 0,
		       bpf_probe_read_kernel_str(open->_path, SONDE_PATH_BYTES + 2,
						 BPF_CORE_READ(sonde_uring_filename(asked), name)),
		       SONDE_PATH_BYTES, &open->path_truncated);
}

/* Of a request that the kernel did not take: as it stands in the ring, where the caller can change it. */
static __always_inline void sonde_read_refused_open(struct uring_open *open, struct io_uring_sqe *asked)
{
	struct open_how how = {};

	sonde_own_by_current(&open->_event);
	open->is_openat2 = asked->opcode == URING_OPENAT2;
	open->fixed_file = asked->file_index != 0;
	open->dirfd = asked->fd;
	how.flags = asked->open_flags;
	how.mode = asked->len;
	if (open->is_openat2) {
		__builtin_memset(&how, 0, sizeof(how));
		bpf_probe_read_user(&how, sizeof(how), (void *)asked->off);
	}
	open->flags = how.flags;
	open->mode = how.mode;
	open->resolve = how.resolve;
	SONDE_READ_USER_TEXT(open, path, (const char *)asked->addr);
}

static __always_inline int sonde_take_uring_open(struct io_kiocb *request)
{
	struct sonde_counters *counters_here = sonde_counters_here();
	struct uring_open *open = find_taken();

	if (counters_here && open && sonde_is_uring_open(request->opcode)) {
		sonde_read_uring_open(open, request);
		sonde_keep_uring_open(counters_here, (u64)request, open);
	}
	return 0;
}

SEC("tp_btf/io_uring_submit_req")
int start_submit_req(u64 *ctx)
{
	return SONDE_TIMED_START(sonde_take_uring_open((struct io_kiocb *)ctx[0]));
}

/* Its name before 6.4 (upstream 2ad57931db64, "io_uring: rename trace_io_uring_submit_sqe() tracepoint"). */
SEC("tp_btf/io_uring_submit_sqe")
int start_submit_sqe(u64 *ctx)
{
	return SONDE_TIMED_START(sonde_take_uring_open((struct io_kiocb *)ctx[0]));
}

SEC("tp_btf/io_uring_req_failed")
int start_req_failed(u64 *ctx)
{
	struct io_uring_sqe *asked = (struct io_uring_sqe *)ctx[0];
	struct sonde_counters *counters_here = sonde_counters_here();
	struct uring_open *open = find_refused();

	/* One that was taken can still fail before it is made. */
	if (counters_here && open && sonde_is_uring_open(asked->opcode) && !sonde_uring_open_of(ctx[1])) {
		sonde_read_refused_open(open, asked);
		sonde_keep_uring_open(counters_here, ctx[1], open);
	}
	return 0;
}

#endif
