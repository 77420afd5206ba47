/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Runs a filter on an event from a map, with BPF_PROG_TEST_RUN: the same placeholder and the same code as in a probe, on an
 * event that has a field of every kind.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"

#define TEXT_BYTES 4096

struct shim_event {
	struct sonde_event _event;
	s64 long_number;
	u64 unsigned_long;
	s32 number;
	u32 unsigned_number;
	s16 short_number;
	u16 unsigned_short;
	s8 byte_number;
	u8 unsigned_byte;
	bool flag;
	u8 _padding;
	s64 wait_ns;
	u8 address[16];
	char name[16];
	struct sonde_string text;
	char _text[TEXT_BYTES + 8];
	u8 _padding_2[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct shim_event);
} event SEC(".maps");

SEC("raw_tp")
int run(__attribute__((unused)) void *ctx)
{
	u32 zero = 0;
	struct shim_event *found = bpf_map_lookup_elem(&event, &zero);

	return found ? filter_late(found) : -2;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
