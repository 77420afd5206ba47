/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* packet.drop: packets that the kernel threw away; those that it was done with are freed elsewhere (consume_skb). */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "packet.bpf.h"
#include "tracepoint.bpf.h"

SONDE_NAME_OF(skb_drop_reason);

struct packet_drop_event {
	struct sonde_event _event;
	u8 source_address[16];
	u8 destination_address[16];
	u16 source_port;
	u16 destination_port;
	u16 ether_type;
	u8 protocol;
	u8 _padding;
	u32 length;
	sonde_name_of_skb_drop_reason reason;
	u64 location;
	char interface[16];
};

SONDE_NESTED_SCRATCH(packet_drop, struct packet_drop_event)

/* Nobody's: what drops a packet runs in whatever process was interrupted. */
static __always_inline void own_nobody(void *event, __attribute__((unused)) u64 *ctx)
{
	struct sonde_event *common = event;

	__builtin_memset(&common->process, 0, sizeof(common->process));
	common->_mount_namespace = 0;
}

static __always_inline u32 own_nobody_tgid(__attribute__((unused)) void *ctx)
{
	return 0;
}

/* A socket's queues use the word for other things (a union in struct sk_buff), but what they hold came in by this number. */
static __always_inline bool has_device(struct sk_buff *skb, struct net_device *device)
{
	s32 came_in = BPF_CORE_READ(skb, skb_iif);

	return !BPF_CORE_READ(skb, sk) || !came_in || BPF_CORE_READ(device, ifindex) == came_in;
}

static __always_inline void fill_interface(struct packet_drop_event *event, struct sk_buff *skb)
{
	struct net_device *device = BPF_CORE_READ(skb, dev);

	__builtin_memset(event->interface, 0, sizeof(event->interface));
	if (device && has_device(skb, device))
		BPF_CORE_READ_STR_INTO(&event->interface, device, name);
}

static __always_inline void handle_drop(struct sonde_counters *counters_here, struct packet_drop_event *event, u64 *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx[0];
	struct sonde_packet packet;

	sonde_read_packet(skb, &packet);
	__builtin_memcpy(event->source_address, packet.source, sizeof(event->source_address));
	__builtin_memcpy(event->destination_address, packet.destination, sizeof(event->destination_address));
	event->source_port = packet.source_port;
	event->destination_port = packet.destination_port;
	event->protocol = packet.protocol;
	event->ether_type = bpf_ntohs(BPF_CORE_READ(skb, protocol));
	event->length = BPF_CORE_READ(skb, len);
	event->reason = sonde_drop_says_reason() ? ctx[2] : 0;
	event->location = ctx[1];
	fill_interface(event, skb);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_CPU))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_TRACEPOINT(packet_drop, kfree_skb, sonde_always, SONDE_CONTEXT_CPU, own_nobody, handle_drop)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
