/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* tcp.reset: connections, and attempts, that one side broke off: RST segments sent and received. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "packet.bpf.h"
#include "socket_owner.bpf.h"

enum tcp_reset_direction {
	DIRECTION_SENT = 1,
	DIRECTION_RECEIVED = 2,
};

SONDE_NAME_OF(sk_rst_reason);

struct tcp_reset_event {
	struct sonde_event _event;
	u8 local_address[16];
	u8 remote_address[16];
	u16 local_port;
	u16 remote_port;
	enum tcp_reset_direction direction;
	sonde_name_of_sk_rst_reason reason;
	u8 _padding[4];
};

SONDE_NESTED_SCRATCH(sent, struct tcp_reset_event)
SONDE_NESTED_SCRATCH(received, struct tcp_reset_event)

static __always_inline void submit_reset(struct sonde_counters *counters_here, struct tcp_reset_event *event)
{
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_CPU))
		sonde_submit(counters_here, event, sizeof(*event));
}

/* An answer to a segment: its addresses, turned round. The socket can be that of a listener, or none. */
static __always_inline void fill_from_segment(struct tcp_reset_event *event, struct sk_buff *skb)
{
	struct sonde_packet packet;

	sonde_read_packet(skb, &packet);
	__builtin_memcpy(event->local_address, packet.destination, sizeof(event->local_address));
	__builtin_memcpy(event->remote_address, packet.source, sizeof(event->remote_address));
	event->local_port = packet.destination_port;
	event->remote_port = packet.source_port;
}

static __always_inline void handle_sent(struct sonde_counters *counters_here, struct tcp_reset_event *event, u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	struct sk_buff *skb = (struct sk_buff *)ctx[1];

	event->direction = DIRECTION_SENT;
	event->reason = sonde_reset_says_reason() ? ctx[2] : 0;
	/* No segment: the process, or the kernel for it, gives the connection up. Never is neither there. */
	if (skb)
		fill_from_segment(event, skb);
	else if (sk)
		SONDE_FILL_ADDRESSES(event, sk);
	submit_reset(counters_here, event);
}

static __always_inline void handle_received(struct sonde_counters *counters_here, struct tcp_reset_event *event,
					    u64 *ctx)
{
	event->direction = DIRECTION_RECEIVED;
	event->reason = 0;
	SONDE_FILL_ADDRESSES(event, (struct sock *)ctx[0]);
	submit_reset(counters_here, event);
}

SONDE_OWN_ACCEPTED
SONDE_TRACEPOINT(sent, tcp_send_reset, sonde_always, SONDE_CONTEXT_CPU, sonde_own_socket, handle_sent)
SONDE_TRACEPOINT(received, tcp_receive_reset, sonde_always, SONDE_CONTEXT_CPU, sonde_own_socket, handle_received)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
