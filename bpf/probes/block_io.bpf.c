/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * block.io: requests that block devices completed. A request is followed by its address from when it is put into a queue, or
 * handed to the device at once, to its end. That mostly comes in an interrupt, while the CPU runs whatever it runs; the
 * beginning is always in a task, because blk-mq runs no queue in interrupts (block/blk-mq.c), so the owner is taken there.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "file.bpf.h"
#include "tracepoint.bpf.h"

/* Under way at once, on all devices. Beyond, a request has no time in the queue, or is counted as start_lost. */
#define MOST_REQUESTS 16384

/* include/linux/blk_types.h; these four have not changed since they are numbers (4.10), those behind them have. */
#define OPERATION_MASK 0xff
#define REQUEST_READ	0
#define REQUEST_WRITE	1
#define REQUEST_FLUSH	2
#define REQUEST_DISCARD 3

/* The same file: of drivers and SCSI, from the lowest that there has been. Their sector means nothing. */
#define FIRST_PASSTHROUGH 32
#define NO_SECTOR	  (~0ULL)

#define FLAG(name) (1U << bpf_core_enum_value(enum req_flag_bits, __REQ_##name))

enum block_io_operation {
	OPERATION_READ = 1,
	OPERATION_WRITE = 2,
	OPERATION_FLUSH = 3,
	OPERATION_DISCARD = 4,
	OPERATION_OTHER = 5,
};

struct block_io_event {
	struct sonde_event _event;
	u32 device;
	enum block_io_operation operation;
	u64 sector;
	u64 size_bytes;
	u64 queue_latency_ns;
	u64 device_latency_ns;
	s32 error;
	bool sync;
	bool readahead;
	bool metadata;
	u8 _padding;
};

SONDE_NESTED_SCRATCH(block_io, struct block_io_event)

enum request_state {
	STATE_QUEUED,
	STATE_ISSUED,
	STATE_REQUEUED, /* the device could not take it, or not finish it: it will be issued again */
	STATE_DONE,	/* its event is on the way, or was not wanted */
};

struct block_request {
	struct sonde_event owner; /* its process and namespaces */
	u64 queued_ns;		  /* 0: it was not */
	u64 issued_ns;
	u64 sector;
	u32 bytes;
	s32 error;
	enum request_state state;
	u32 _padding;
};

/*
 * By address. The kernel uses the same requests again and again: what is left of one that ended unseen is recognized by its
 * state. Preallocated: nothing can be allocated here.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_REQUESTS);
	__type(key, u64);
	__type(value, struct block_request);
} requests SEC(".maps");

static __always_inline int queue(struct request *rq)
{
	u64 key = (u64)rq, now = bpf_ktime_get_ns();
	struct block_request *known = bpf_map_lookup_elem(&requests, &key);
	struct block_request request = {.queued_ns = now, .state = STATE_QUEUED};

	if (known && known->state == STATE_REQUEUED) {
		if (!known->queued_ns)
			known->queued_ns = now;
		return 0;
	}
	sonde_own_by_current(&request.owner);
	return bpf_map_update_elem(&requests, &key, &request, BPF_ANY);
}

/* What it is for is taken from here: requests grow in the queue, and shrink where a device completes them in parts. */
static __always_inline void describe(struct block_request *request, struct request *rq)
{
	request->sector = rq->__sector;
	request->bytes = rq->__data_len;
	request->issued_ns = bpf_ktime_get_ns();
	request->state = STATE_ISSUED;
}

static __always_inline int issue(struct request *rq)
{
	u64 key = (u64)rq;
	struct block_request *known = bpf_map_lookup_elem(&requests, &key);
	struct block_request request = {};
	struct sonde_counters *counters_here;

	if (known && known->state == STATE_QUEUED) {
		describe(known, rq);
		return 0;
	}
	if (known && known->state == STATE_REQUEUED) {
		known->issued_ns = bpf_ktime_get_ns();
		known->state = STATE_ISSUED;
		return 0;
	}
	sonde_own_by_current(&request.owner);
	describe(&request, rq);
	if (bpf_map_update_elem(&requests, &key, &request, BPF_ANY) == 0)
		return 0;
	/* Its end will find nothing: the event is lost here. */
	counters_here = sonde_counters_here();
	if (counters_here) {
		sonde_count(counters_here->fired);
		sonde_count(counters_here->start_lost);
	}
	return 0;
}

static __always_inline int requeue(struct request *rq)
{
	u64 key = (u64)rq;
	struct block_request *known = bpf_map_lookup_elem(&requests, &key);

	if (known && known->state == STATE_ISSUED)
		known->state = STATE_REQUEUED;
	return 0;
}

SEC("tp_btf/block_rq_insert")
int start_insert(u64 *ctx)
{
	return SONDE_TIMED_START(queue((struct request *)ctx[0]));
}

SEC("tp_btf/block_rq_issue")
int start_issue(u64 *ctx)
{
	return SONDE_TIMED_START(issue((struct request *)ctx[0]));
}

SEC("tp_btf/block_rq_requeue")
int start_requeue(u64 *ctx)
{
	return SONDE_TIMED_START(requeue((struct request *)ctx[0]));
}

/* It has become part of another one, and ends unseen. */
SEC("tp_btf/block_rq_merge")
int start_merge(u64 *ctx)
{
	u64 key = ctx[0];

	return SONDE_TIMED_START(bpf_map_delete_elem(&requests, &key));
}

/*
 * A request that was not seen to be issued is none of the probe's: it began before the trace, or it is one that had to be
 * flushed first and ends a second time. Of one that is completed in parts, the last part is its end.
 */
static __always_inline bool ends(u64 *ctx)
{
	struct request *rq = (struct request *)ctx[0];
	u64 key = ctx[0];
	struct block_request *known = bpf_map_lookup_elem(&requests, &key);
	s32 error = sonde_block_error(ctx[1]);

	if (!known)
		return false;
	if (known->state == STATE_QUEUED || known->state == STATE_DONE) {
		bpf_map_delete_elem(&requests, &key);
		return false;
	}
	if (error && !known->error)
		known->error = error;
	if ((u32)ctx[2] < rq->__data_len)
		return false;
	known->state = STATE_DONE;
	return true;
}

/* All that is known from before; here it is forgotten, whether a filter wants it or not. */
static __always_inline void own_request(struct block_io_event *event, u64 *ctx)
{
	u64 key = ctx[0];
	struct block_request *known = bpf_map_lookup_elem(&requests, &key);

	if (!known) {
		__builtin_memset(event, 0, sizeof(*event));
		return;
	}
	event->_event.process = known->owner.process;
	event->_event._mount_namespace = known->owner._mount_namespace;
	event->sector = known->sector;
	event->size_bytes = known->bytes;
	event->error = known->error;
	event->queue_latency_ns = known->queued_ns ? known->issued_ns - known->queued_ns : 0;
	event->device_latency_ns = bpf_ktime_get_ns() - known->issued_ns;
	bpf_map_delete_elem(&requests, &key);
}

static __always_inline u32 own_request_tgid(void *ctx)
{
	u64 key = *(u64 *)ctx;
	struct block_request *known = bpf_map_lookup_elem(&requests, &key);

	return known ? known->owner.process.tgid : 0;
}

static __always_inline enum block_io_operation operation_of(u32 flags)
{
	switch (flags & OPERATION_MASK) {
	case REQUEST_READ:
		return OPERATION_READ;
	case REQUEST_WRITE:
		return OPERATION_WRITE;
	case REQUEST_FLUSH:
		return OPERATION_FLUSH;
	case REQUEST_DISCARD:
		return OPERATION_DISCARD;
	default:
		return OPERATION_OTHER;
	}
}

static __always_inline void handle_end(struct sonde_counters *counters_here, struct block_io_event *event, u64 *ctx)
{
	struct request *rq = (struct request *)ctx[0];
	struct gendisk *disk = sonde_disk_of(rq);
	u32 flags = rq->cmd_flags;

	event->device = sonde_device((u32)disk->major << 20 | (u32)disk->first_minor);
	event->operation = operation_of(flags);
	if (event->sector == NO_SECTOR || (flags & OPERATION_MASK) >= FIRST_PASSTHROUGH)
		event->sector = 0;
	/* As op_is_sync() has it: a read is always waited for. */
	event->sync = event->operation == OPERATION_READ || (flags & (FLAG(SYNC) | FLAG(FUA) | FLAG(PREFLUSH)));
	event->readahead = (flags & FLAG(RAHEAD)) != 0;
	event->metadata = (flags & FLAG(META)) != 0;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_CPU))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_TRACEPOINT(block_io, block_rq_complete, ends, SONDE_CONTEXT_CPU, own_request, handle_end)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
