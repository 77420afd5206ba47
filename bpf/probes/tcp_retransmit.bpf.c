/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * tcp.retransmit: segments sent again. The hook is passed by those of timers and of fast retransmission alike; SYN-ACKs, which
 * have no socket yet, do not pass it.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "socket_owner.bpf.h"

struct tcp_retransmit_event {
	struct sonde_event _event;
	u8 local_address[16];
	u8 remote_address[16];
	u16 local_port;
	u16 remote_port;
	enum sonde_tcp_state state;
	u32 sequence;
	u32 size_bytes;
	u32 retransmits;
	u8 _padding[4];
};

SONDE_NESTED_SCRATCH(tcp_retransmit, struct tcp_retransmit_event)

static __always_inline bool was_sent(u64 *ctx)
{
	return !sonde_retransmit_says_error() || (s32)ctx[2] == 0;
}

static __always_inline void handle_retransmit(struct sonde_counters *counters_here, struct tcp_retransmit_event *event,
					      u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	struct sk_buff *skb = (struct sk_buff *)ctx[1];
	struct tcp_skb_cb *control = (struct tcp_skb_cb *)skb->cb;

	SONDE_FILL_ADDRESSES(event, sk);
	event->state = BPF_CORE_READ(sk, __sk_common.skc_state);
	event->sequence = BPF_CORE_READ(control, seq);
	event->size_bytes = BPF_CORE_READ(skb, len);
	event->retransmits = BPF_CORE_READ((struct tcp_sock *)sk, total_retrans);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_CPU))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_OWN_ACCEPTED
SONDE_TRACEPOINT(tcp_retransmit, tcp_retransmit_skb, was_sent, SONDE_CONTEXT_CPU, sonde_own_socket, handle_retransmit)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
