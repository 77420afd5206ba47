/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * file.io: reads, writes and syncs of regular files, directories and block devices, with the time that they took. Calls on
 * sockets, pipes and terminals are told apart by the inode behind the descriptor, at the entry of the call: there it costs
 * less than to remember the call, and nobody has closed the descriptor yet.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "file.bpf.h"

#define NAME_BYTES  255  /* NAME_MAX */
#define MOST_PARTS  1024 /* UIO_MAXIOV: the kernel takes no more */
#define CALLS_UNDER_WAY 10240

/* include/uapi/linux/fs.h and asm-generic/fcntl.h */
#define RWF_APPEND 0x10
#define O_APPEND   02000

enum file_io_operation {
	OPERATION_READ = 1,
	OPERATION_WRITE = 2,
	OPERATION_SYNC = 3,
};

/* Reads and writes take turns: operation_of. */
enum file_io_syscall {
	SYSCALL_READ = 1,
	SYSCALL_WRITE = 2,
	SYSCALL_PREAD64 = 3,
	SYSCALL_PWRITE64 = 4,
	SYSCALL_READV = 5,
	SYSCALL_WRITEV = 6,
	SYSCALL_PREADV = 7,
	SYSCALL_PWRITEV = 8,
	SYSCALL_PREADV2 = 9,
	SYSCALL_PWRITEV2 = 10,
	SYSCALL_FSYNC = 11,
	SYSCALL_FDATASYNC = 12,
};

struct file_io_event {
	struct sonde_event _event;
	enum file_io_operation operation;
	enum file_io_syscall syscall;
	s32 fd;
	u32 device;
	u64 inode;
	s64 offset;
	u64 requested_bytes;
	s64 ret;
	u64 latency_ns;
	struct sonde_string name;
	bool requested_unreadable;
	u8 _padding[3];
	char _name[SONDE_TEXT(NAME_BYTES)];
};

SONDE_SCRATCH(file_io, struct file_io_event)

/* A call under way. What is known of its file is read at its entry: at its return another thread can have closed it. */
struct file_io_call {
	u64 since_ns;
	struct file *file; /* NULL: not one of the probe's */
	u64 inode;
	s64 position;
	u32 device;
	u32 file_flags;
	u64 earlier_calls;
	struct sonde_syscall_args args;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, CALLS_UNDER_WAY);
	__type(key, u64);
	__type(value, struct file_io_call);
} starts SEC(".maps");

/* Reads and writes of the thread that the kernel has counted, also those of sockets. Of this one, at its end. */
static __always_inline u64 counted_calls(void)
{
	struct task_struct *task;

	if (!sonde_has_typed_task() || !bpf_core_field_exists(((struct task_struct *)0)->ioac.syscr))
		return 0;
	task = bpf_get_current_task_btf();
	return task->ioac.syscr + task->ioac.syscw;
}

/*
 * Since 6.13 the kernel can skip the return of one call and then the start of the next (exact_tracepoints): what is kept is
 * then of an earlier one. On 7.2 that was more than half of all starts, of 8 threads on one CPU.
 */
static __always_inline bool is_stale(struct file_io_call *start)
{
	struct pt_regs *regs;

	if (!sonde_has_registers())
		return false;
	regs = sonde_user_registers();
	return start->args.value[0] != PT_REGS_PARM1_SYSCALL(regs) || counted_calls() - start->earlier_calls > 1;
}

/* NULL: it was lost. */
static __always_inline struct file_io_call *find_start(void)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct file_io_call *start = bpf_map_lookup_elem(&starts, &thread);

	return start && !is_stale(start) ? start : NULL;
}

static __always_inline void forget_start(void)
{
	u64 thread = bpf_get_current_pid_tgid();

	bpf_map_delete_elem(&starts, &thread);
}

/* On the entry of a call. Where the return cannot find the arguments, calls that are not the probe's are remembered too:
 * else it could not tell them from those whose start was lost. */
static __always_inline void keep_start(struct file_io_call *start)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct file *file = sonde_file_of(start->args.value[0]);
	struct inode *inode = sonde_stored_inode(file);

	if (!inode && sonde_has_registers())
		return;
	start->file = inode ? file : NULL;
	if (inode) {
		start->inode = BPF_CORE_READ(inode, i_ino);
		start->device = sonde_device(BPF_CORE_READ(inode, i_sb, s_dev));
		start->position = BPF_CORE_READ(file, f_pos);
		start->file_flags = BPF_CORE_READ(file, f_flags);
	}
	start->earlier_calls = counted_calls();
	start->since_ns = bpf_ktime_get_ns();
	bpf_map_update_elem(&starts, &thread, start, BPF_ANY);
}

/* On the return: whether the call is one of the probe's, also if its start was lost. */
static __always_inline bool is_wanted(void)
{
	struct file_io_call *start = find_start();

	if (start)
		return start->file;
	if (sonde_has_registers())
		return sonde_stored_inode(sonde_file_of(PT_REGS_PARM1_SYSCALL(sonde_user_registers())));
	return true;
}

/* Sums up the parts of a vector. Read at the return, when the caller's memory is present. */
static __always_inline void fill_requested(struct file_io_event *event, const struct iovec *parts, u64 count)
{
	struct iovec part = {};
	u64 sum = 0;
	u32 i;

	event->requested_unreadable = false;
	for (i = 0; i < MOST_PARTS && i < count; i++) {
		if (bpf_probe_read_user(&part, sizeof(part), &parts[i]) != 0) {
			event->requested_unreadable = true;
			break;
		}
		sum += part.iov_len;
	}
	event->requested_bytes = sum;
}

static __always_inline bool is_vector(u32 syscall)
{
	return syscall >= SYSCALL_READV && syscall <= SYSCALL_PWRITEV2;
}

/* The positioned calls say where; the others begin where the file stands. What is appended goes to the end, wherever that is
 * by then. */
static __always_inline s64 offset_of(u32 syscall, u32 operation, struct file_io_call *start)
{
	bool has_rwf = syscall == SYSCALL_PREADV2 || syscall == SYSCALL_PWRITEV2;
	s64 offset = start->position;

	if (operation == OPERATION_SYNC)
		return -1;
	if (operation == OPERATION_WRITE &&
	    (start->file_flags & O_APPEND || (has_rwf && start->args.value[5] & RWF_APPEND)))
		return -1;
	if (syscall == SYSCALL_PREAD64 || syscall == SYSCALL_PWRITE64 || syscall >= SYSCALL_PREADV)
		offset = start->args.value[3];
	/* preadv2(2): the file's own position. */
	if (has_rwf && offset == -1)
		offset = start->position;
	return offset;
}

/* Of what the descriptor stands for now, if that is still the same. */
static __always_inline void fill_name(struct file_io_event *event, struct file_io_call *start)
{
	struct file *file = start->file;
	long got = 0;
	bool truncated;

	if (sonde_file_of(start->args.value[0]) == file)
		got = bpf_probe_read_kernel_str(event->_name, NAME_BYTES + 1,
						BPF_CORE_READ(file, f_path.dentry, d_name.name));
	sonde_set_text(&event->name, __builtin_offsetof(struct file_io_event, _name), got, NAME_BYTES, &truncated);
}

static __always_inline u32 operation_of(u32 syscall)
{
	if (syscall >= SYSCALL_FSYNC)
		return OPERATION_SYNC;
	return syscall % 2 == SYSCALL_READ % 2 ? OPERATION_READ : OPERATION_WRITE;
}

static __always_inline void fill_call(struct file_io_event *event, u32 syscall, struct file_io_call *start)
{
	event->latency_ns = bpf_ktime_get_ns() - start->since_ns;
	event->syscall = syscall;
	event->operation = operation_of(syscall);
	event->fd = start->args.value[0];
	event->device = start->device;
	event->inode = start->inode;
	event->offset = offset_of(syscall, event->operation, start);
	if (is_vector(syscall)) {
		fill_requested(event, (const struct iovec *)start->args.value[1], start->args.value[2]);
	} else {
		event->requested_unreadable = false;
		event->requested_bytes = event->operation == OPERATION_SYNC ? 0 : start->args.value[2];
	}
	fill_name(event, start);
}

/* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
static __always_inline u32 syscall_of(s32 number)
{
	switch (number) {
	case 1: return SYSCALL_WRITE;
	case 17: return SYSCALL_PREAD64;
	case 18: return SYSCALL_PWRITE64;
	case 19: return SYSCALL_READV;
	case 20: return SYSCALL_WRITEV;
	case 74: return SYSCALL_FSYNC;
	case 75: return SYSCALL_FDATASYNC;
	case 295: return SYSCALL_PREADV;
	case 296: return SYSCALL_PWRITEV;
	case 327: return SYSCALL_PREADV2;
	case 328: return SYSCALL_PWRITEV2;
	default: return SYSCALL_READ;
	}
}

/* The bodies differ from those of other system calls in that they need a start, and no arguments. */
static __always_inline int handle_return(s32 number, s64 ret)
{
	struct sonde_counters *counters_here = sonde_counters_here();
	struct file_io_event *event = find_file_io();

	if (!counters_here)
		return 0;
	if (!event) {
		sonde_count(counters_here->start_lost);
	} else if (sonde_early_match(counters_here, event, SONDE_CONTEXT_ALL)) {
		struct file_io_call *start = find_start();

		if (start) {
			event->ret = ret;
			fill_call(event, syscall_of(number), start);
			if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
				sonde_submit(counters_here, event, SONDE_USED_BYTES(event, name));
		} else {
			sonde_count(counters_here->start_lost);
		}
	}
	forget_start();
	release_file_io();
	sonde_timer_stop(counters_here);
	return 0;
}

SEC("tracepoint")
int file_io_body(struct sonde_syscall_exit_ctx *ctx)
{
	return handle_return(ctx->syscall_nr, ctx->ret);
}

SEC("kretprobe.multi")
int file_io_return_body(struct pt_regs *ctx)
{
	return handle_return(sonde_user_registers()->orig_ax, PT_REGS_RC(ctx));
}

static __always_inline int enter(void *ctx)
{
	struct sonde_counters *counters_here = NULL;

	if (is_wanted())
		counters_here = sonde_enter(ctx, &bodies, sonde_current_tgid);
	forget_start();
	sonde_timer_stop(counters_here);
	return 0;
}

static __always_inline int begin(struct sonde_syscall_enter_ctx *ctx, int count)
{
	struct sonde_counters *counters_here = sonde_counters_here();
	struct file_io_call start = {};
	u64 since;

	if (!counters_here)
		return 0;
	since = sonde_start_timer_start(counters_here);
	for (int i = 0; i < count; i++)
		start.args.value[i] = ctx->args[i];
	keep_start(&start);
	sonde_start_timer_stop(counters_here, since);
	return 0;
}

static __always_inline int begin_function(void)
{
	struct sonde_counters *counters_here = sonde_counters_here();
	struct file_io_call start = {};
	u64 since;

	if (!counters_here)
		return 0;
	since = sonde_start_timer_start(counters_here);
	sonde_arguments_from_registers(&start.args, sonde_user_registers());
	keep_start(&start);
	sonde_start_timer_stop(counters_here, since);
	return 0;
}

/* The calls, and not vfs_read and its like, which pipes and sockets pass as well, and the kernel for itself. */
#define FILE_IO(call, args)                                                                        \
	SEC("tracepoint/syscalls/sys_enter_" #call)                                                \
	int start_##call(struct sonde_syscall_enter_ctx *ctx)                                      \
	{                                                                                          \
		return begin(ctx, args);                                                           \
	}                                                                                          \
	SEC("tracepoint/syscalls/sys_exit_" #call)                                                 \
	int exit_##call(void *ctx)                                                                 \
	{                                                                                          \
		return enter(ctx);                                                                 \
	}                                                                                          \
	SEC("kprobe.multi/__x64_sys_" #call)                                                       \
	int start_function_##call(__attribute__((unused)) struct pt_regs *ctx)                     \
	{                                                                                          \
		return begin_function();                                                           \
	}                                                                                          \
	SEC("kretprobe.multi/__x64_sys_" #call)                                                    \
	int return_##call(struct pt_regs *ctx)                                                     \
	{                                                                                          \
		return enter(ctx);                                                                 \
	}

FILE_IO(read, 3)
FILE_IO(write, 3)
FILE_IO(pread64, 4)
FILE_IO(pwrite64, 4)
FILE_IO(readv, 3)
FILE_IO(writev, 3)
FILE_IO(preadv, 5)
FILE_IO(pwritev, 5)
FILE_IO(preadv2, 6)
FILE_IO(pwritev2, 6)
FILE_IO(fsync, 1)
FILE_IO(fdatasync, 1)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
