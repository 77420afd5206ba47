/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Puts one record into a ring, for the tests of its consumer; run with BPF_PROG_TEST_RUN. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define RECORD_BYTES 4096
#define SLOW_BYTES   64
#define PRODUCERS    4

/* Mirrored in ring_test.cc. */
struct record_request {
	u32 producer;
	u32 sequence;
	u32 bytes;
	u32 slow; /* rounds between reserve and submit; then the record has SLOW_BYTES */
	u32 discard;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

/* One for each producer: they run at the same time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, PRODUCERS);
	__type(key, u32);
	__type(value, u8[RECORD_BYTES]);
} scratch SEC(".maps");

static long nothing(__attribute__((unused)) u32 index, __attribute__((unused)) void *ctx)
{
	return 0;
}

/* Gives 0, or 1 if the ring was full. */
static __always_inline int produce_slowly(struct record_request *request)
{
	u32 *record = bpf_ringbuf_reserve(&ring, SLOW_BYTES, 0);

	if (!record)
		return 1;
	for (u32 i = 2; i < SLOW_BYTES / sizeof(u32); i++)
		record[i] = request->sequence;
	record[0] = request->producer;
	bpf_loop(request->slow, nothing, NULL, 0);
	record[1] = request->sequence;
	if (request->discard)
		bpf_ringbuf_discard(record, 0);
	else
		bpf_ringbuf_submit(record, 0);
	return 0;
}

SEC("syscall")
int produce(struct record_request *request)
{
	u32 key = request->producer, bytes = request->bytes;
	u32 *record;

	if (request->slow || request->discard)
		return produce_slowly(request);
	record = bpf_map_lookup_elem(&scratch, &key);
	if (!record || bytes > RECORD_BYTES)
		return 2;
	record[0] = request->producer;
	record[1] = request->sequence;
	for (u32 i = 2; i < RECORD_BYTES / sizeof(u32); i++)
		record[i] = request->sequence;
	return bpf_ringbuf_output(&ring, record, bytes, 0) ? 1 : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
